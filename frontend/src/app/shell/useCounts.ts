import { useQuery } from '@tanstack/react-query'
import { unreadQuery } from '~/api/inbox'
import { todayQuery } from '~/api/today'

/** What stands beside the names in the navigation; undefined: not known yet. */
export function useCounts() {
  const { data: statistics } = useQuery({ ...todayQuery, select: (today) => today.statistics })
  const { data: unread } = useQuery(unreadQuery)
  return { incidents: statistics?.active_incidents, blockers: statistics?.active_blockers, unread }
}
