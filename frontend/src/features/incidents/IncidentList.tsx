import { Button } from '@mantine/core'
import { useMutationState, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import type { Incident } from '~/api/generated'
import { daySpecs, type FilterSpec } from '~/ui/FilterMenu'
import { MoreButton, usePageSize } from '~/ui/MoreButton'
import { pathOf, paths } from '~/ui/paths'
import { Person } from '~/ui/Person'
import { RelativeTime } from '~/ui/RelativeTime'
import { Row, RowGroup, Rows } from '~/ui/Rows'
import { IncidentMark, SeverityMark } from '~/ui/State'
import { Empty } from '~/ui/states'
import { useFilters } from '~/ui/useFilters'
import { words as uiWords } from '~/ui/words'
import { creatingIncidents, incidentsQuery, type NewIncident } from './queries'
import { words } from './words'

export const incidentSpecs: FilterSpec[] = [
  { kind: 'words', name: 'severity', label: words.severity, options: uiWords.severity },
  { kind: 'words', name: 'status', label: words.status, options: uiWords.incidentStatus },
  { kind: 'person', name: 'assigned_to_id', label: words.assignee },
  { kind: 'person', name: 'reported_by_id', label: words.reporter },
  ...daySpecs,
]

const isOpen = (incident: Incident) => incident.status === 'open' || incident.status === 'in_progress'

export function IncidentList({ onReport }: { onReport: () => void }) {
  const filters = useFilters()
  const [limit] = usePageSize()
  const narrowing = {
    severity: filters.words('severity', ['low', 'medium', 'high', 'critical']),
    status: filters.words('status', ['open', 'in_progress', 'resolved', 'closed']),
    assigned_to_id: filters.number('assigned_to_id'),
    reported_by_id: filters.number('reported_by_id'),
    start_date: filters.day('start_date'),
    end_date: filters.day('end_date'),
    search: filters.text('search'),
  }
  const { archived } = filters
  const query = useSuspenseInfiniteQuery(incidentsQuery({ limit, archived, ...narrowing }))
  const creating = useMutationState({
    filters: creatingIncidents,
    select: (mutation) => (mutation.state.variables as NewIncident).values,
  })
  const incidents = query.data.pages.flatMap((page) => page.items)
  if (incidents.length === 0 && creating.length === 0) {
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
  const open = incidents.filter(isOpen)
  const done = incidents.filter((incident) => !isOpen(incident))
  return (
    <>
      <Rows label={words.title}>
        {creating.length + open.length > 0 && <RowGroup title={words.open} />}
        {creating.map((values, index) => (
          <Row
            key={`new-${String(index)}`}
            to={paths.incidents}
            title={values.title}
            before={<SeverityMark severity={values.severity ?? 'medium'} />}
            pending
          />
        ))}
        {open.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
        {done.length > 0 && <RowGroup title={words.done} />}
        {done.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </Rows>
      <MoreButton query={query} total={query.data.pages[0]} />
    </>
  )
}

function IncidentRow({ incident }: { incident: Incident }) {
  return (
    <Row
      to={pathOf.incident(incident.id)}
      title={incident.title}
      before={
        <>
          <SeverityMark severity={incident.severity} />
          <IncidentMark status={incident.status} />
        </>
      }
      under={words.number(incident.id)}
      facts={
        <>
          <Person person={incident.assigned_to} />
          <RelativeTime at={incident.created_at} />
        </>
      }
    />
  )
}
