import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { type InboxPage, patchOneNotification, postAllRead } from '~/api/generated'
import { INBOX, inboxQuery, unreadQuery } from '~/api/inbox'
import { sayFailure } from '~/ui/notify'

export const freshQuery = inboxQuery({ unread: true })
export const everythingQuery = inboxQuery({})

type Pages = InfiniteData<InboxPage, string | undefined>

const MARKING = [...INBOX, 'marking'] as const

/** `ids` null: all. Shown at once; what fails is new again. */
function showAsRead(queryClient: QueryClient, ids: ReadonlySet<number> | null) {
  const isMeant = (entry: InboxPage['items'][number]) => ids === null || ids.has(entry.id)
  const inPages = (change: (items: InboxPage['items']) => InboxPage['items']) => (pages: Pages | undefined) =>
    pages && { ...pages, pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })) }
  queryClient.setQueryData<Pages>(
    freshQuery.queryKey,
    inPages((items) => items.filter((entry) => !isMeant(entry))),
  )
  queryClient.setQueryData<Pages>(
    everythingQuery.queryKey,
    inPages((items) => items.map((entry) => (isMeant(entry) ? { ...entry, is_read: true } : entry))),
  )
  queryClient.setQueryData(unreadQuery.queryKey, (unread) =>
    unread === undefined ? undefined : ids === null ? 0 : Math.max(0, unread - ids.size),
  )
}

function useMarking<V>(
  send: (values: V) => Promise<unknown>,
  idsOf: (values: V) => readonly number[] | null,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: MARKING,
    mutationFn: send,
    onMutate: async (values: V) => {
      await queryClient.cancelQueries({ queryKey: INBOX })
      const before = queryClient.getQueriesData({ queryKey: INBOX })
      const ids = idsOf(values)
      showAsRead(queryClient, ids && new Set(ids))
      return before
    },
    onError: (error, _values, before) => {
      for (const [key, data] of before ?? []) queryClient.setQueryData(key, data)
      sayFailure(error)
    },
    onSettled: () => {
      // While another is on its way the server's answer would bring its entry back for a moment.
      if (queryClient.isMutating({ mutationKey: MARKING }) === 1)
        void queryClient.invalidateQueries({ queryKey: INBOX })
    },
  })
}

const markRead = (notification_id: number) =>
  patchOneNotification({ path: { notification_id }, body: { is_read: true } })

export const useMarkRead = () =>
  useMarking(
    (ids: readonly number[]) => Promise.all(ids.map(markRead)),
    (ids) => ids,
  )

export const useReadAll = () =>
  useMarking<null>(
    () => postAllRead(),
    () => null,
  )
