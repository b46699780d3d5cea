import { Button, Text } from '@mantine/core'
import { useQuery, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Activity, activityQuery } from '~/api/activity'
import { peopleQuery } from '~/api/people'
import { actInWords } from './acts'
import { PersonAvatar } from './Person'
import { RelativeTime } from './RelativeTime'
import classes from './Timeline.module.css'
import { words } from './words'

/** A record's history from the ledger, in words, newest first. */
export function Timeline({ type, id }: { type: Activity['subject_type']; id: number }) {
  const query = useSuspenseInfiniteQuery(activityQuery({ subject_type: type, subject_id: id }))
  const acts = query.data.pages.flatMap((page) => page.items)
  return (
    <>
      <Acts acts={acts} />
      {query.hasNextPage && (
        <Button
          variant="subtle"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {words.showMore}
        </Button>
      )}
    </>
  )
}

/** `subject`: what an act was about, where that is not clear from the page. */
export function Acts({
  acts,
  subject,
}: {
  acts: readonly Activity[]
  subject?: (act: Activity) => ReactNode
}) {
  const { data: people = [] } = useQuery(peopleQuery)
  const nameOf = (id: number) => people.find((person) => person.id === id)?.full_name
  return (
    <ol className={classes.acts}>
      {acts.map((act) => (
        <li key={act.id} className={classes.act}>
          {act.actor ? (
            <PersonAvatar person={act.actor} size={22} />
          ) : (
            <span className={classes.system} aria-hidden />
          )}
          <div className={classes.text}>
            <Text span fw={600} inherit>
              {act.actor?.full_name ?? words.system}
            </Text>{' '}
            {actInWords(act, nameOf)}
            {subject && <> · {subject(act)}</>}
            <Text span c="dimmed" inherit>
              {' · '}
              <RelativeTime at={act.occurred_at} focusable />
            </Text>
          </div>
        </li>
      ))}
    </ol>
  )
}
