import { Badge, Button, Group, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import type { Group as Found } from '~/api/generated'
import { Panel } from '~/ui/Panel'
import { RelativeTime } from '~/ui/RelativeTime'
import { Row, Rows } from '~/ui/Rows'
import { Empty } from '~/ui/states'
import { useFilters } from '~/ui/useFilters'
import { Highlight } from './Highlight'
import { type GroupName, searchQuery } from './queries'
import classes from './Results.module.css'
import { words } from './words'

/** The record type behind each group. */
export const TYPES: Record<GroupName, string> = {
  status_updates: 'status_update',
  incidents: 'incident',
  blockers: 'blocker',
  decisions: 'decision',
}
const NAMES = Object.keys(TYPES) as GroupName[]
const LIMIT = 20
const IN_OVERVIEW = 5

export function Results() {
  const filters = useFilters()
  const q = useDeferredValue(filters.text('q') ?? '')
  if (q.trim() === '') return <Empty title={words.start} text={words.startText} />
  const only = NAMES.find((name) => TYPES[name] === filters.text('type'))
  return <FoundFor q={q} only={only} page={filters.number('page') ?? 1} />
}

function FoundFor({ q, only, page }: { q: string; only: GroupName | undefined; page: number }) {
  const filters = useFilters()
  const { data } = useSuspenseQuery(
    only === undefined
      ? searchQuery(q, { limit: IN_OVERVIEW })
      : searchQuery(q, { types: [TYPES[only]], page, limit: LIMIT }),
  )
  const groups = NAMES.flatMap((name): [GroupName, Found][] => {
    const group = data.groups[name]
    return group && group.total > 0 ? [[name, group]] : []
  })
  if (groups.length === 0) return <Empty title={words.none(q)} text={words.noneText} />
  return groups.map(([name, group]) => (
    <div key={name} className={classes.group}>
      <Panel
        title={words.groups[name]}
        aside={
          <Text size="sm" c="dimmed">
            {words.matches(group.total, group.total_is_capped)}
          </Text>
        }
        flush
      >
        <Matches name={name} group={group} />
        {only === undefined && group.total > group.items.length && (
          <Button variant="subtle" fullWidth onClick={() => filters.set({ type: TYPES[name] })}>
            {words.allOf(words.groups[name])}
          </Button>
        )}
      </Panel>
      {only !== undefined && <Pages page={page} total={group.total} />}
    </div>
  ))
}

const Matches = ({ name, group }: { name: GroupName; group: Found }) => (
  <div className={classes.matches}>
    <Rows label={words.groups[name]}>
      {group.items.map((match) => (
        <Row
          key={match.id}
          to={match.url}
          title={match.title}
          under={
            <span className={classes.passages}>
              {match.highlights.map((passage, index) => (
                <span key={index}>
                  <Highlight passage={passage} />
                </span>
              ))}
            </span>
          }
          facts={
            <>
              {match.archived && (
                <Badge variant="default" size="sm">
                  {words.archived}
                </Badge>
              )}
              <RelativeTime at={match.created_at} />
            </>
          }
        />
      ))}
    </Rows>
  </div>
)

/** The newest 1,000 matches of a type are ranked, so a page number is enough. */
function Pages({ page, total }: { page: number; total: number }) {
  const filters = useFilters()
  const pages = Math.ceil(Math.min(total, 1_000) / LIMIT)
  if (pages <= 1) return null
  const go = (to: number) => filters.set({ page: to === 1 ? null : String(to) })
  return (
    <Group justify="center" mt="sm">
      <Button variant="default" disabled={page <= 1} onClick={() => go(page - 1)}>
        {words.previous}
      </Button>
      <Text size="sm">{words.page(page, String(pages))}</Text>
      <Button variant="default" disabled={page >= pages} onClick={() => go(page + 1)}>
        {words.next}
      </Button>
    </Group>
  )
}
