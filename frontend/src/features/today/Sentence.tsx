import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { peopleQuery } from '~/api/people'
import { todayQuery } from '~/api/today'
import { paths } from '~/ui/paths'
import classes from './Today.module.css'
import { words } from './words'

/** The day in one sentence. */
export function Sentence() {
  const { data: today } = useQuery(todayQuery)
  const { data: people } = useQuery(peopleQuery)
  if (today === undefined) return null
  const silent = today.no_update_from.length + today.left_out.no_update_from
  return (
    <p className={classes.sentence}>
      <Anchor component={Link} to={paths.incidents} underline="always" inherit>
        {words.incidentsOpen(today.statistics.active_incidents)}
      </Anchor>
      ,{' '}
      <Anchor component={Link} to={paths.blockers} underline="always" inherit>
        {words.blockersWaiting(today.statistics.active_blockers)}
      </Anchor>
      {people === undefined ? '.' : <>, {words.posted(Math.max(people.length - silent, 0), people.length)}</>}
    </p>
  )
}
