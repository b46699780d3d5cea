import { Anchor, Button, Paper } from '@mantine/core'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { type Activity, activityQuery } from '~/api/activity'
import { daySpecs, type FilterSpec } from '~/ui/FilterMenu'
import { pathOf } from '~/ui/paths'
import { Empty } from '~/ui/states'
import { Acts } from '~/ui/Timeline'
import { useFilters } from '~/ui/useFilters'
import { words as uiWords } from '~/ui/words'
import { words } from './words'

type Type = Activity['subject_type']

const TYPES = Object.keys(words.types) as Type[]

export const activitySpecs: FilterSpec[] = [
  { kind: 'word', name: 'subject_type', label: words.type, options: words.types },
  { kind: 'person', name: 'actor_id', label: words.who },
  ...daySpecs,
]

export function Ledger() {
  const filters = useFilters()
  const wanted = {
    subject_type: filters.words('subject_type', TYPES)?.[0],
    actor_id: filters.number('actor_id'),
    start_date: filters.day('start_date'),
    end_date: filters.day('end_date'),
  }
  const query = useSuspenseInfiniteQuery(activityQuery(wanted))
  const acts = query.data.pages.flatMap((page) => page.items)
  if (acts.length === 0)
    return Object.values(wanted).some((value) => value !== undefined) ? (
      <Empty title={uiWords.nothingFound} text={uiWords.nothingFoundText} />
    ) : (
      <Empty title={words.empty} text={words.emptyText} />
    )
  return (
    <Paper withBorder p="md" bg="var(--surface)">
      <Acts acts={acts} subject={(act) => <Subject act={act} />} />
      {query.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {uiWords.showMore}
        </Button>
      )}
    </Paper>
  )
}

const Subject = ({ act }: { act: Activity }) => (
  <>
    {words.types[act.subject_type]}{' '}
    <Anchor component={Link} to={pathOf[act.subject_type](act.subject_id)} underline="always" inherit>
      {act.subject_title}
    </Anchor>
  </>
)
