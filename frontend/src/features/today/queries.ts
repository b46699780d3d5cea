import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { getBlockers, getIncidents, getStatusUpdates, patchOneNotification } from '~/api/generated'
import { INBOX, inboxQuery } from '~/api/inbox'
import { LIVE } from '~/api/records'

const MINUTE = 60_000
/** More than a panel shows at once are a link to the list. */
export const SHOWN = 5
const SAID = 8

/** Unresolved incidents that are mine, worst first. */
export const myIncidentsQuery = (me: number) =>
  queryOptions({
    queryKey: [...LIVE, 'my incidents', me],
    queryFn: async ({ signal }) => {
      const query = { assigned_to_id: me, status: ['open' as const, 'in_progress' as const], limit: SHOWN }
      return (await getIncidents({ query, signal })).data
    },
    refetchInterval: MINUTE,
  })

/** Active blockers that I reported. */
export const myBlockersQuery = (me: number) =>
  queryOptions({
    queryKey: [...LIVE, 'my blockers', me],
    queryFn: async ({ signal }) =>
      (await getBlockers({ query: { reported_by_id: me, status: ['active'], limit: SHOWN }, signal })).data,
    refetchInterval: MINUTE,
  })

/** The unread part of the inbox: the same pages as there, so that what is read there is gone here. */
export const unreadEntriesQuery = { ...inboxQuery({ unread: true }), refetchInterval: MINUTE }

/** Whoever opened what an entry is about has read it. */
export function useReadEntry() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      patchOneNotification({ path: { notification_id: id }, body: { is_read: true } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: INBOX }),
  })
}

/** What was said last, whoever said it. */
export const saidQuery = queryOptions({
  queryKey: [...LIVE, 'said'],
  queryFn: async ({ signal }) => (await getStatusUpdates({ query: { limit: SAID }, signal })).data,
  refetchInterval: MINUTE,
})

/** Whether I ever posted. */
export const hasPostedQuery = (me: number) =>
  queryOptions({
    queryKey: [...LIVE, 'has posted', me],
    queryFn: async ({ signal }) =>
      (await getStatusUpdates({ query: { author_id: me, limit: 1 }, signal })).data.items.length > 0,
  })
