import { Anchor } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { todayQuery } from '~/api/today'
import { Panel } from '~/ui/Panel'
import { pathOf, paths } from '~/ui/paths'
import { Person } from '~/ui/Person'
import { weekday } from '~/ui/time'
import classes from './Aside.module.css'
import { MoreLine, Nothing } from './Line'
import { SHOWN } from './queries'
import { words } from './words'

const PEOPLE = 12

/** By name, never a ranking. */
export function Silent() {
  const { data: today } = useSuspenseQuery(todayQuery)
  const shown = today.no_update_from.slice(0, PEOPLE)
  const more = today.no_update_from.length - shown.length + today.left_out.no_update_from
  if (shown.length === 0)
    return (
      <Panel title={words.silent} flush>
        <Nothing>{words.nobodySilent}</Nothing>
      </Panel>
    )
  return (
    <Panel title={words.silent}>
      <p className={classes.note}>{words.silentText}</p>
      <ul className={classes.people}>
        {shown.map((person) => (
          <li key={person.id}>
            <Person person={person} />
          </li>
        ))}
        {more > 0 && <li className={classes.note}>{words.more(more)}</li>}
      </ul>
    </Panel>
  )
}

export function Decided() {
  const { data: today } = useSuspenseQuery(todayQuery)
  const shown = today.recent_decisions.slice(0, SHOWN)
  return (
    <Panel title={words.decided} flush>
      {shown.length === 0 && <Nothing>{words.nothingDecided}</Nothing>}
      <ul className={classes.decisions}>
        {shown.map((decision) => (
          <li key={decision.id}>
            <Anchor component={Link} to={pathOf.decision(decision.id)} inherit c="var(--text)">
              {decision.title}
            </Anchor>
            <span className={classes.date}>{weekday(decision.decision_date)}</span>
          </li>
        ))}
      </ul>
      <MoreLine
        count={today.recent_decisions.length - shown.length + today.left_out.recent_decisions}
        to={paths.decisions}
        of={words.decisions}
      />
    </Panel>
  )
}
