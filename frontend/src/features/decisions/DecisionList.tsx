import { Button } from '@mantine/core'
import { useMutationState, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import type { Decision } from '~/api/generated'
import { daySpecs, type FilterSpec } from '~/ui/FilterMenu'
import { MoreButton, usePageSize } from '~/ui/MoreButton'
import { pathOf, paths } from '~/ui/paths'
import { Row, Rows } from '~/ui/Rows'
import { Empty } from '~/ui/states'
import { day } from '~/ui/time'
import { useFilters } from '~/ui/useFilters'
import { words as uiWords } from '~/ui/words'
import { Avatars } from './Avatars'
import classes from './Decisions.module.css'
import { oneLine } from '~/ui/oneLine'
import { creatingDecisions, decisionsQuery, type NewDecision } from './queries'
import { words } from './words'

export const decisionSpecs: FilterSpec[] = [
  { kind: 'person', name: 'participant_id', label: words.participants },
  { kind: 'tags', name: 'tag', label: words.tag, max: 1 },
  { kind: 'person', name: 'created_by_id', label: words.creator },
  ...daySpecs,
]

export function DecisionList({ onRecord }: { onRecord: () => void }) {
  const filters = useFilters()
  const [limit] = usePageSize()
  const narrowing = {
    participant_id: filters.number('participant_id'),
    tag: filters.text('tag'),
    created_by_id: filters.number('created_by_id'),
    start_date: filters.day('start_date'),
    end_date: filters.day('end_date'),
    search: filters.text('search'),
  }
  const query = useSuspenseInfiniteQuery(decisionsQuery({ limit, ...narrowing }))
  const creating = useMutationState({
    filters: creatingDecisions,
    select: (mutation) => (mutation.state.variables as NewDecision).values,
  })
  const decisions = query.data.pages.flatMap((page) => page.items)
  if (decisions.length === 0 && creating.length === 0) {
    if (Object.values(narrowing).some((value) => value !== undefined))
      return <Empty title={uiWords.nothingFound} text={uiWords.nothingFoundText} />
    return (
      <Empty
        title={words.none}
        text={words.noneText}
        action={<Button onClick={onRecord}>{words.record}</Button>}
      />
    )
  }
  return (
    <>
      <Rows label={words.title}>
        {creating.map((values, index) => (
          <Row
            key={`new-${String(index)}`}
            to={paths.decisions}
            title={values.title}
            before={<Day date={values.decision_date} />}
            under={oneLine(values.outcome)}
            pending
          />
        ))}
        {decisions.map((decision) => (
          <DecisionRow key={decision.id} decision={decision} />
        ))}
      </Rows>
      <MoreButton query={query} total={query.data.pages[0]} />
    </>
  )
}

const Day = ({ date }: { date: string }) => (
  <time dateTime={date} className={classes.day}>
    {day(date)}
  </time>
)

const TAGS = 3

function DecisionRow({ decision }: { decision: Decision }) {
  const { participants, tags } = decision
  return (
    <Row
      to={pathOf.decision(decision.id)}
      title={decision.title}
      before={<Day date={decision.decision_date} />}
      under={oneLine(decision.outcome)}
      facts={
        (participants.length > 0 || tags.length > 0) && (
          <>
            {tags.length > 0 && (
              <span className={classes.tags}>
                {tags.slice(0, TAGS).map((tag) => (
                  <span key={tag} className={classes.tag}>
                    {tag}
                  </span>
                ))}
              </span>
            )}
            <Avatars participants={participants} />
          </>
        )
      }
    />
  )
}
