import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { pathOf } from '~/ui/paths'
import { linkedIncidentQuery, linkedUpdateQuery } from './queries'
import { words } from './words'

/** The incident that a blocker is linked to: its number at once, its title when it is known. */
export function LinkToIncident({ id }: { id: number }) {
  const { data } = useQuery(linkedIncidentQuery(id))
  return (
    <Anchor component={Link} to={pathOf.incident(id)} underline="always" inherit>
      {[words.incident(id), data?.title].filter(Boolean).join(' ')}
    </Anchor>
  )
}

export function LinkToUpdate({ id }: { id: number }) {
  const { data } = useQuery(linkedUpdateQuery(id))
  return (
    <Anchor component={Link} to={pathOf.status_update(id)} underline="always" inherit>
      {data?.title ?? words.update(id)}
    </Anchor>
  )
}
