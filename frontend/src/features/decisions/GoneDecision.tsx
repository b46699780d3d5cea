import { Alert } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { activityQuery } from '~/api/activity'
import { paths } from '~/ui/paths'
import { Person } from '~/ui/Person'
import { Fact, Facts, RecordPage } from '~/ui/RecordPage'
import { RelativeTime } from '~/ui/RelativeTime'
import { HistoryPanel } from './HistoryPanel'
import { historyQuery } from './queries'
import { words } from './words'

/** What stays of a deleted decision. One that never was has no history either, and is not found. */
export function GoneDecision({ id }: { id: number }) {
  const { data: entries } = useSuspenseQuery(historyQuery(id))
  const { data: ledger } = useSuspenseInfiniteQuery(
    activityQuery({ subject_type: 'decision', subject_id: id, limit: 1 }),
  )
  const created = entries.find((entry) => entry.change_type === 'created')
  const deleted = entries.find((entry) => entry.change_type === 'deleted')
  return (
    <RecordPage
      title={ledger.pages[0]?.items[0]?.subject_title ?? words.number(id)}
      number={words.number(id)}
      parent={{ to: paths.decisions, text: words.title }}
      banner={
        <Alert icon={<IconTrash size={18} aria-hidden />} color="gray" mb="md">
          {words.gone}
        </Alert>
      }
      facts={
        <Facts>
          {deleted && (
            <>
              <Fact name={words.deletedBy}>
                <Person person={deleted.changed_by} />
              </Fact>
              <Fact name={words.deletedAt}>
                <RelativeTime at={deleted.changed_at} focusable />
              </Fact>
            </>
          )}
          {created && (
            <>
              <Fact name={words.creator}>
                <Person person={created.changed_by} />
              </Fact>
              <Fact name={words.recordedAt}>
                <RelativeTime at={created.changed_at} focusable />
              </Fact>
            </>
          )}
        </Facts>
      }
    >
      <HistoryPanel id={id} />
    </RecordPage>
  )
}
