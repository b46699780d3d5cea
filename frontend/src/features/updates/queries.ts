import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useMutationState,
  useQueryClient,
} from '@tanstack/react-query'
import {
  deleteOneStatusUpdate,
  type GetStatusUpdatesData,
  getOneStatusUpdate,
  getStatusUpdates,
  patchOneStatusUpdate,
  postStatusUpdates,
  type StatusUpdate,
  type StatusUpdatePatch,
} from '~/api/generated'
import { refresh, useDeletion } from '~/api/records'
import { ifMatch, type Versioned, versioned } from '~/api/versioned'

const UPDATES = ['updates'] as const
const POSTING = [...UPDATES, 'posting'] as const

export type UpdateFilters = Omit<NonNullable<GetStatusUpdatesData['query']>, 'page' | 'cursor'>

export interface UpdateValues {
  title: string
  content: string
  tags: string[]
}

/** Updates, newest first. */
export const updatesQuery = (filters: UpdateFilters) =>
  infiniteQueryOptions({
    queryKey: [...UPDATES, 'list', filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getStatusUpdates({ query: { ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const updateQuery = (id: number) =>
  queryOptions({
    queryKey: [...UPDATES, 'one', id],
    queryFn: async ({ signal }) => versioned(await getOneStatusUpdate({ path: { update_id: id }, signal })),
  })

interface NewUpdate {
  values: UpdateValues
  /** The same for the same text: sent twice it creates once. */
  key: string
}

interface Told {
  /** Both are called even when the form is gone by then. */
  onSuccess: () => void
  onError: (error: unknown) => void
}

export function usePostUpdate({ onSuccess, onError }: Told) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: POSTING,
    mutationFn: async ({ values, key }: NewUpdate) =>
      (await postStatusUpdates({ body: values, headers: { 'Idempotency-Key': key } })).data,
    onSuccess,
    onError,
    // Pending until the lists have it, so that its row never goes in between.
    onSettled: () => refresh(queryClient, UPDATES),
  })
}

/** What was sent and is not confirmed yet, newest first. */
export function useUpdatesBeingSent(): UpdateValues[] {
  return useMutationState({
    filters: { mutationKey: POSTING, status: 'pending' },
    select: (mutation) => (mutation.state.variables as NewUpdate).values,
  }).reverse()
}

/** Sends without touching the caches: the edit form decides about conflicts. */
export const sendUpdate = (record: Versioned<StatusUpdate>, changes: StatusUpdatePatch) =>
  patchOneStatusUpdate({ path: { update_id: record.id }, body: changes, headers: ifMatch(record) })

export function useUpdateRefresh() {
  const queryClient = useQueryClient()
  return {
    refreshUpdates: () => refresh(queryClient, UPDATES),
    reloadUpdate: (id: number) => queryClient.query({ ...updateQuery(id), staleTime: 0 }),
  }
}

export const useDeleteUpdate = (id: number, leave: () => void | Promise<void>) =>
  useDeletion({
    root: UPDATES,
    record: updateQuery(id).queryKey,
    send: () => deleteOneStatusUpdate({ path: { update_id: id } }),
    leave,
  })
