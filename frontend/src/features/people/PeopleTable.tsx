import { NativeSelect, Switch, Table, Text } from '@mantine/core'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import type { UserForAdmin } from '~/api/generated'
import { useMe } from '~/api/session'
import type { FilterSpec } from '~/ui/FilterMenu'
import { MoreButton, usePageSize } from '~/ui/MoreButton'
import { say, sayFailure } from '~/ui/notify'
import { Person } from '~/ui/Person'
import { RelativeTime } from '~/ui/RelativeTime'
import { Empty } from '~/ui/states'
import { useFilters } from '~/ui/useFilters'
import { words as uiWords } from '~/ui/words'
import { accountsQuery, useChangeAccount } from './queries'
import classes from './People.module.css'
import { words } from './words'

export const peopleSpecs: FilterSpec[] = [
  { kind: 'word', name: 'role', label: words.role, options: words.roles },
  {
    kind: 'word',
    name: 'is_active',
    label: words.access,
    options: { true: words.active, false: words.inactive },
  },
]

export function PeopleTable() {
  const filters = useFilters()
  const [limit] = usePageSize()
  const access = filters.text('is_active')
  const query = useSuspenseInfiniteQuery(
    accountsQuery({
      limit,
      search: filters.text('search'),
      role: filters.words('role', ['admin', 'member'])?.[0],
      is_active: access === undefined ? undefined : access === 'true',
    }),
  )
  const people = query.data.pages.flatMap((page) => page.items)
  if (people.length === 0) return <Empty title={uiWords.nothingFound} text={uiWords.nothingFoundText} />
  return (
    <>
      <div className={classes.scroll} role="region" aria-label={words.title} tabIndex={0}>
        <Table verticalSpacing="xs" miw={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.name}</Table.Th>
              <Table.Th>{words.role}</Table.Th>
              <Table.Th>{words.access}</Table.Th>
              <Table.Th>{words.lastSeen}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((person) => (
              <PersonRow key={person.id} person={person} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <MoreButton query={query} total={query.data.pages[0]} />
    </>
  )
}

function PersonRow({ person }: { person: UserForAdmin }) {
  const isMe = useMe().id === person.id
  const change = useChangeAccount()
  const name = person.full_name
  return (
    <Table.Tr>
      <Table.Td>
        <Person person={{ id: person.id, full_name: name }} />
        <Text size="xs" c="dimmed">
          {person.email}
        </Text>
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          w={140}
          aria-label={words.roleOf(name)}
          title={isMe ? words.yourself : undefined}
          disabled={isMe}
          data={Object.entries(words.roles).map(([value, label]) => ({ value, label }))}
          value={person.role}
          onChange={(event) => {
            const role = event.currentTarget.value === 'admin' ? 'admin' : 'member'
            change.mutate(
              { id: person.id, role },
              { onSuccess: () => say(words.roleChanged(name, words.roles[role])), onError: sayFailure },
            )
          }}
        />
      </Table.Td>
      <Table.Td>
        <Switch
          aria-label={words.activeOf(name)}
          label={person.is_active ? words.active : words.inactive}
          disabled={isMe}
          checked={person.is_active}
          onChange={(event) => {
            const is_active = event.currentTarget.checked
            change.mutate(
              { id: person.id, is_active },
              {
                onSuccess: () => say(is_active ? words.reactivated(name) : words.deactivated(name)),
                onError: sayFailure,
              },
            )
          }}
        />
      </Table.Td>
      <Table.Td>
        {person.last_seen_at === null ? words.never : <RelativeTime at={person.last_seen_at} focusable />}
      </Table.Td>
    </Table.Tr>
  )
}
