import { Text } from '@mantine/core'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { AuditEntry, Person } from '~/api/generated'
import { peopleQuery } from '~/api/people'
import { PersonAvatar } from '~/ui/Person'
import { RelativeTime } from '~/ui/RelativeTime'
import { words as uiWords } from '~/ui/words'
import { Change } from './Change'
import classes from './History.module.css'
import { historyQuery } from './queries'
import { words } from './words'

/** One act may have changed several fields: their entries are `<act>-<n>`. */
function byAct(entries: readonly AuditEntry[]): AuditEntry[][] {
  const acts = new Map<string, AuditEntry[]>()
  for (const entry of entries) {
    const act = entry.id.replace(/-\d+$/, '')
    acts.set(act, [...(acts.get(act) ?? []), entry])
  }
  return [...acts.values()]
}

/** Each change of each field, newest first. `known`: people who may no longer be to choose from. */
export default function History({ id, known }: { id: number; known: readonly Person[] }) {
  const { data: entries } = useSuspenseQuery(historyQuery(id))
  const { data: people = [] } = useQuery(peopleQuery)
  const authors = entries.flatMap((entry) => entry.changed_by ?? [])
  const nameOf = (person: number) =>
    [...people, ...known, ...authors].find((one) => one.id === person)?.full_name ??
    words.unknownPerson(person)
  return (
    <>
      {entries.every((entry) => entry.field_name === null) && (
        <Text c="dimmed" mb="sm">
          {words.noChanges}
        </Text>
      )}
      <ol className={classes.acts}>
        {byAct(entries).map((act) => (
          <Act key={act[0]?.id} entries={act} nameOf={nameOf} />
        ))}
      </ol>
    </>
  )
}

function Act({ entries, nameOf }: { entries: AuditEntry[]; nameOf: (id: number) => string }) {
  const [first] = entries
  if (first === undefined) return null
  const author = first.changed_by
  return (
    <li className={classes.act}>
      <h3>
        {author && <PersonAvatar person={author} size={22} />}
        <span>
          {author?.full_name ?? uiWords.system} {words.act[first.change_type]}
        </span>
        <Text span size="sm" c="dimmed" fw={400}>
          <RelativeTime at={first.changed_at} focusable />
        </Text>
      </h3>
      {entries
        .filter((entry) => entry.field_name !== null)
        .map((entry) => (
          <Change key={entry.id} entry={entry} nameOf={nameOf} />
        ))}
    </li>
  )
}
