import { Button } from '@mantine/core'
import { useMutationState, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { daySpecs, type FilterSpec } from '~/ui/FilterMenu'
import { MoreButton, usePageSize } from '~/ui/MoreButton'
import { RowGroup, Rows } from '~/ui/Rows'
import { Empty } from '~/ui/states'
import { useFilters } from '~/ui/useFilters'
import { words as uiWords } from '~/ui/words'
import { BlockerRow, PendingRow } from './BlockerRow'
import { blockersQuery, creatingBlockers, type NewBlocker } from './queries'
import { words } from './words'

export const blockerSpecs: FilterSpec[] = [
  { kind: 'words', name: 'status', label: words.status, options: uiWords.blockerStatus },
  { kind: 'person', name: 'reported_by_id', label: words.reporter },
  ...daySpecs,
]

/** What is being sent at this moment. */
export const useCreating = () =>
  useMutationState({
    filters: creatingBlockers,
    select: (mutation) => (mutation.state.variables as NewBlocker).values,
  })

export function BlockerList({ onReport }: { onReport: () => void }) {
  const filters = useFilters()
  const [limit] = usePageSize()
  const narrowing = {
    status: filters.words('status', ['active', 'resolved']),
    reported_by_id: filters.number('reported_by_id'),
    start_date: filters.day('start_date'),
    end_date: filters.day('end_date'),
    search: filters.text('search'),
  }
  const { archived } = filters
  const query = useSuspenseInfiniteQuery(blockersQuery({ limit, archived, ...narrowing }))
  const creating = useCreating()
  const blockers = query.data.pages.flatMap((page) => page.items)
  if (blockers.length === 0 && creating.length === 0) {
    if (Object.values(narrowing).some((value) => value !== undefined))
      return <Empty title={uiWords.nothingFound} text={uiWords.nothingFoundText} />
    if (archived) return <Empty title={words.noneArchived} text={words.noneArchivedText} />
    return (
      <Empty
        title={words.none}
        text={words.noneText}
        action={<Button onClick={onReport}>{words.report}</Button>}
      />
    )
  }
  const active = blockers.filter((blocker) => blocker.status === 'active')
  const resolved = blockers.filter((blocker) => blocker.status === 'resolved')
  return (
    <>
      <Rows label={words.title}>
        {creating.length + active.length > 0 && <RowGroup title={words.waiting} />}
        {creating.map((values, index) => (
          <PendingRow key={`new-${String(index)}`} values={values} />
        ))}
        {active.map((blocker) => (
          <BlockerRow key={blocker.id} blocker={blocker} />
        ))}
        {resolved.length > 0 && <RowGroup title={words.resolved} />}
        {resolved.map((blocker) => (
          <BlockerRow key={blocker.id} blocker={blocker} />
        ))}
      </Rows>
      <MoreButton query={query} total={query.data.pages[0]} />
    </>
  )
}
