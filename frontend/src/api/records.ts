/** What all records share: how a change is shown before it is saved, and taken back when it is refused. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { ACTIVITY } from './activity'

/** Everything that is counted or listed elsewhere is stale once a record changed. */
export const LIVE = ['live'] as const

interface Change<R, V> {
  /** The root key of the feature: all its lists are stale afterwards. */
  root: QueryKey
  /** The record's own key. */
  record: QueryKey
  send: (values: V) => Promise<R>
  /** What the record will look like; without it nothing is shown before the answer. */
  expect?: (record: R, values: V) => R
}

export function useRecordChange<R, V = void>({ root, record, send, expect }: Change<R, V>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: send,
    onMutate: async (values: V) => {
      await queryClient.cancelQueries({ queryKey: record })
      const before = queryClient.getQueryData<R>(record)
      if (before !== undefined && expect) queryClient.setQueryData<R>(record, expect(before, values))
      return { before }
    },
    onSuccess: (answer) => queryClient.setQueryData<R>(record, answer),
    onError: (_error, _values, kept) => {
      if (kept?.before !== undefined) queryClient.setQueryData<R>(record, kept.before)
    },
    // Also after a refusal: it means that what we show is stale.
    onSettled: () => refresh(queryClient, root),
  })
}

interface Deletion {
  /** The root key of the feature. */
  root: QueryKey
  /** The record's own key; under it stands all that goes with it. */
  record: QueryKey
  send: () => Promise<unknown>
  /** Comes first, also when who asked is gone by then: a page that still shows the record would ask for it again. */
  leave: () => void | Promise<void>
}

export function useDeletion({ root, record, send, leave }: Deletion) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: send,
    // What is on its way would come to find it gone.
    onMutate: () => queryClient.cancelQueries({ queryKey: record }),
    onSuccess: async () => {
      await leave()
      queryClient.removeQueries({ queryKey: record })
    },
    onSettled: () => refresh(queryClient, root),
  })
}

export async function refresh(queryClient: ReturnType<typeof useQueryClient>, root: QueryKey) {
  await Promise.all([root, ACTIVITY, LIVE].map((queryKey) => queryClient.invalidateQueries({ queryKey })))
}
