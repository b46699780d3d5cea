import { useSuspenseQuery } from '@tanstack/react-query'
import { todayQuery } from '~/api/today'
import { Panel } from '~/ui/Panel'
import { pathOf, paths } from '~/ui/paths'
import { Person } from '~/ui/Person'
import { RelativeTime } from '~/ui/RelativeTime'
import { SeverityMark } from '~/ui/State'
import { hours } from '~/ui/time'
import classes from './Live.module.css'
import { Line, Lines, MoreLine, Nothing } from './Line'
import { SHOWN } from './queries'
import { words } from './words'

/** The worst first, as the server orders them. */
export function OpenIncidents() {
  const { data: today } = useSuspenseQuery(todayQuery)
  const shown = today.incidents.slice(0, SHOWN)
  return (
    <Panel title={words.openIncidents} flush>
      {shown.length === 0 && <Nothing>{words.noIncidents}</Nothing>}
      <Lines>
        {shown.map((incident) => (
          <Line
            key={incident.id}
            to={pathOf.incident(incident.id)}
            before={<SeverityMark severity={incident.severity} />}
            number={words.incident(incident.id)}
            title={incident.title}
            facts={
              <>
                {incident.assigned_to ? <Person person={incident.assigned_to} /> : words.unassigned}
                <RelativeTime at={incident.created_at} />
              </>
            }
          />
        ))}
      </Lines>
      <MoreLine
        count={today.incidents.length - shown.length + today.left_out.incidents}
        to={`${paths.incidents}?status=open,in_progress`}
        of={words.incidents}
      />
    </Panel>
  )
}

/** The oldest first, each with a bar as long as it waits. */
export function ActiveBlockers() {
  const { data: today } = useSuspenseQuery(todayQuery)
  const shown = today.blockers.slice(0, SHOWN)
  const oldest = Math.max(...shown.map((blocker) => blocker.age_hours), 1)
  return (
    <Panel title={words.activeBlockers} flush>
      {shown.length === 0 && <Nothing>{words.noBlockers}</Nothing>}
      <Lines>
        {shown.map((blocker) => (
          <Line
            key={blocker.id}
            to={pathOf.blocker(blocker.id)}
            before={<AgeBar share={blocker.age_hours / oldest} age={hours(blocker.age_hours)} />}
            number={words.blocker(blocker.id)}
            title={blocker.description}
            facts={<Person person={blocker.reported_by} />}
          />
        ))}
      </Lines>
      <MoreLine
        count={today.blockers.length - shown.length + today.left_out.blockers}
        to={`${paths.blockers}?status=active`}
        of={words.blockers}
      />
    </Panel>
  )
}

const AgeBar = ({ share, age }: { share: number; age: string }) => (
  <span className={classes.age}>
    <span className={classes.bar} aria-hidden>
      <span className={classes.filled} style={{ width: `${String(Math.max(share * 100, 4))}%` }} />
    </span>
    <span className={classes.span}>{age}</span>
  </span>
)
