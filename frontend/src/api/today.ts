/** The last 24 hours as they are now: the front page, and the counts in the navigation. */
import { queryOptions } from '@tanstack/react-query'
import { getToday, getTrends } from './generated'
import { LIVE } from './records'

export const todayQuery = queryOptions({
  queryKey: [...LIVE, 'today'],
  queryFn: async ({ signal }) => (await getToday({ signal })).data,
  refetchInterval: 60_000,
})

export const trendsQuery = (days: 14 | 30) =>
  queryOptions({
    queryKey: [...LIVE, 'trends', days],
    queryFn: async ({ signal }) => (await getTrends({ query: { days }, signal })).data,
    staleTime: 5 * 60_000,
  })
