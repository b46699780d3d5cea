import { Button, Skeleton, Text } from '@mantine/core'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Panel } from '~/ui/Panel'
import { Loaded } from '~/ui/states'
import { words as uiWords } from '~/ui/words'
import { useCreating } from './BlockerList'
import { BlockerRow, PendingRow } from './BlockerRow'
import classes from './Blockers.module.css'
import { blockersQuery } from './queries'
import { ReportBlocker } from './ReportBlocker'
import { words } from './words'

interface Props {
  incidentId: number
  readOnly?: boolean
}

/** What waits for an incident, and a way to say so. */
export function LinkedBlockers({ incidentId, readOnly = false }: Props) {
  const [reporting, setReporting] = useState(false)
  return (
    <Panel
      title={words.title}
      flush
      aside={
        !readOnly && (
          <Button size="compact-sm" variant="default" onClick={() => setReporting(true)}>
            {words.reportForThis}
          </Button>
        )
      }
    >
      {/* As high as the sentence that most incidents have here. */}
      <Loaded fallback={<Skeleton height={22} width="min(100%, 260px)" />}>
        <LinkedRows incidentId={incidentId} />
      </Loaded>
      {!readOnly && (
        <ReportBlocker opened={reporting} onClose={() => setReporting(false)} incident={incidentId} />
      )}
    </Panel>
  )
}

function LinkedRows({ incidentId }: { incidentId: number }) {
  const query = useSuspenseInfiniteQuery(blockersQuery({ related_incident_id: incidentId, limit: 20 }))
  const blockers = query.data.pages.flatMap((page) => page.items)
  const creating = useCreating().filter((values) => values.related_incident_id === incidentId)
  if (blockers.length + creating.length === 0)
    return (
      <Text c="dimmed" size="sm" px="md" pb="sm">
        {words.noneLinked}
      </Text>
    )
  return (
    <>
      <ul className={classes.linked} aria-label={words.title}>
        {creating.map((values, index) => (
          <PendingRow key={`new-${String(index)}`} values={values} />
        ))}
        {blockers.map((blocker) => (
          <BlockerRow key={blocker.id} blocker={blocker} linked />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="subtle"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {uiWords.showMore}
        </Button>
      )}
    </>
  )
}
