import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type Notification, getInbox } from './generated'

export const INBOX = ['inbox'] as const
export type { Notification }

/** How many entries are unread: for the navigation and the tab's title. */
export const unreadQuery = queryOptions({
  queryKey: [...INBOX, 'unread'],
  queryFn: async ({ signal }) =>
    (await getInbox({ query: { unread: true, limit: 1 }, signal })).data.unread_count,
  refetchInterval: 60_000,
})

export const inboxQuery = (filters: { unread?: boolean }) =>
  infiniteQueryOptions({
    queryKey: [...INBOX, 'list', filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getInbox({ query: { limit: 50, ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
