import { Button } from '@mantine/core'
import type { Incident } from '~/api/generated'
import { useMe } from '~/api/session'
import { Person } from '~/ui/Person'
import { PersonSelect } from '~/ui/PersonSelect'
import { Fact, Facts } from '~/ui/RecordPage'
import { RelativeTime } from '~/ui/RelativeTime'
import { IncidentMark, SeverityMark } from '~/ui/State'
import { duration } from '~/ui/time'
import { words } from './words'

export function IncidentFacts({
  incident,
  onAssign,
}: {
  incident: Incident
  onAssign: (id: number | null) => void
}) {
  const me = useMe()
  return (
    <Facts>
      <Fact name={words.severity}>
        <SeverityMark severity={incident.severity} />
      </Fact>
      <Fact name={words.status}>
        <IncidentMark status={incident.status} />
      </Fact>
      <Fact name={words.assignee}>
        {incident.archived ? (
          <Person person={incident.assigned_to} />
        ) : (
          <>
            <PersonSelect
              aria-label={words.assignee}
              size="xs"
              known={incident.assigned_to}
              value={incident.assigned_to_id}
              onChange={onAssign}
            />
            {incident.assigned_to_id !== me.id && (
              <Button
                variant="subtle"
                size="compact-xs"
                mt={4}
                aria-keyshortcuts="a"
                onClick={() => onAssign(me.id)}
              >
                {words.assignToMe}
              </Button>
            )}
          </>
        )}
      </Fact>
      <Fact name={words.reporter}>
        <Person person={incident.reported_by} />
      </Fact>
      <Fact name={words.opened}>
        <RelativeTime at={incident.created_at} focusable />
      </Fact>
      {incident.updated_at !== incident.created_at && (
        <Fact name={words.edited}>
          <RelativeTime at={incident.updated_at} focusable />
        </Fact>
      )}
      {incident.resolved_at !== null && (
        <>
          <Fact name={words.resolvedAt}>
            <RelativeTime at={incident.resolved_at} focusable />
          </Fact>
          <Fact name={words.timeToResolve}>
            {duration(Date.parse(incident.resolved_at) - Date.parse(incident.created_at)) || '1 min'}
          </Fact>
        </>
      )}
    </Facts>
  )
}
