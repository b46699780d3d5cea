import { infiniteQueryOptions } from '@tanstack/react-query'
import { type Activity, type GetLedgerData, getLedger } from './generated'

export const ACTIVITY = ['activity'] as const
export type { Activity }
export type ActivityFilters = Omit<NonNullable<GetLedgerData['query']>, 'cursor' | 'page'>

/** The ledger, newest first, by cursor. */
export const activityQuery = (filters: ActivityFilters) =>
  infiniteQueryOptions({
    queryKey: [...ACTIVITY, filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getLedger({ query: { limit: 50, ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
