import { Text } from '@mantine/core'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SummaryItem } from '~/api/generated'
import { MoreButton, usePageSize } from '~/ui/MoreButton'
import { pathOf } from '~/ui/paths'
import { Row, Rows } from '~/ui/Rows'
import { Empty } from '~/ui/states'
import { day } from '~/ui/time'
import { useFilters } from '~/ui/useFilters'
import { words as uiWords } from '~/ui/words'
import { summariesQuery } from './queries'
import { words } from './words'

export function SummaryList({ firstStep }: { firstStep: ReactNode }) {
  const filters = useFilters()
  const [limit] = usePageSize()
  const days = { start_date: filters.day('start_date'), end_date: filters.day('end_date') }
  const query = useSuspenseInfiniteQuery(summariesQuery({ limit, ...days }))
  const summaries = query.data.pages.flatMap((page) => page.items)
  if (summaries.length === 0)
    return (days.start_date ?? days.end_date) ? (
      <Empty title={uiWords.nothingFound} text={uiWords.nothingFoundText} />
    ) : (
      <Empty title={words.none} text={words.noneText} action={firstStep} />
    )
  return (
    <>
      <Rows label={words.title}>
        {summaries.map((summary) => (
          <Row
            key={summary.id}
            to={pathOf.summary(summary.id)}
            title={day(summary.summary_date)}
            facts={<Counts summary={summary} />}
          />
        ))}
      </Rows>
      <MoreButton query={query} total={query.data.pages[0]} />
    </>
  )
}

function Counts({ summary }: { summary: SummaryItem }) {
  const figures: [number, string][] = [
    [summary.status_updates_count, words.updates],
    [summary.incidents_count, words.incidents],
    [summary.blockers_count, words.blockers],
  ]
  return figures.map(([count, text]) => (
    <span key={text}>
      <Text span fw={600} inherit c="var(--text)">
        {count}
      </Text>{' '}
      {text}
    </span>
  ))
}
