import type { Blocker, BlockerIn } from '~/api/generated'
import { pathOf, paths } from '~/ui/paths'
import { Person } from '~/ui/Person'
import { Row } from '~/ui/Rows'
import { BlockerMark } from '~/ui/State'
import { ageOf } from './age'
import { AgeBar } from './AgeBar'
import classes from './Blockers.module.css'
import { oneLine } from '~/ui/oneLine'
import { headingOf } from './heading'
import { words } from './words'

interface Links {
  related_incident_id?: number | null
  related_status_id?: number | null
}

/** `for INC-4, Update 7` */
function linksOf({ related_incident_id: incident, related_status_id: update }: Links): string | null {
  const links = [incident && words.incident(incident), update && words.update(update)].filter(Boolean)
  return links.length > 0 ? words.forLinks(links.join(', ')) : null
}

/** `linked`: on the page of what it is linked to, where that needs no saying. */
export function BlockerRow({ blocker, linked = false }: { blocker: Blocker; linked?: boolean }) {
  const age = ageOf(blocker)
  const active = blocker.status === 'active'
  const under = [words.number(blocker.id), linked ? null : linksOf(blocker), oneLine(blocker.impact)]
  return (
    <Row
      to={pathOf.blocker(blocker.id)}
      title={headingOf(blocker.description)}
      before={
        <span className={classes.before}>
          {active ? <AgeBar age={age} /> : <BlockerMark status={blocker.status} />}
        </span>
      }
      under={under.filter(Boolean).join(' · ')}
      facts={
        <>
          <Person person={blocker.reported_by} />
          {!active && <span>{words.took(age.text)}</span>}
        </>
      }
    />
  )
}

/** One that is being sent. */
export const PendingRow = ({ values }: { values: BlockerIn }) => (
  <Row
    to={paths.blockers}
    title={headingOf(values.description)}
    before={
      <span className={classes.before}>
        <BlockerMark status="active" />
      </span>
    }
    under={[linksOf(values), oneLine(values.impact)].filter(Boolean).join(' · ')}
    pending
  />
)
