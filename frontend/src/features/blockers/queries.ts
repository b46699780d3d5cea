import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type Blocker,
  type BlockerIn,
  type BlockerPatch,
  deleteOneBlocker,
  type GetBlockersData,
  getBlockers,
  getIncidents,
  getOneBlocker,
  getOneIncident,
  getOneStatusUpdate,
  getStatusUpdates,
  patchBlockerArchive,
  patchBlockerReopening,
  patchBlockerResolution,
  patchBlockerUnarchive,
  patchOneBlocker,
  postBlockers,
} from '~/api/generated'
import { refresh, useDeletion, useRecordChange } from '~/api/records'
import { ifMatch, type Versioned, versioned } from '~/api/versioned'

const BLOCKERS = ['blockers'] as const
const CREATING = [...BLOCKERS, 'creating'] as const
/** The titles of what blockers point to; read here, written elsewhere. */
const LINKS = [...BLOCKERS, 'links'] as const
const OPTIONS = 20

export type BlockerFilters = Omit<NonNullable<GetBlockersData['query']>, 'page' | 'cursor'>

/** Blockers in the server's order: active first, then the newest. */
export const blockersQuery = (filters: BlockerFilters) =>
  infiniteQueryOptions({
    queryKey: [...BLOCKERS, 'list', filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getBlockers({ query: { ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const blockerQuery = (id: number) =>
  queryOptions({
    queryKey: [...BLOCKERS, 'one', id],
    queryFn: async ({ signal }) => versioned(await getOneBlocker({ path: { blocker_id: id }, signal })),
  })

export interface Titled {
  readonly id: number
  readonly title: string
}

const titled = ({ id, title }: Titled): Titled => ({ id, title })

export const linkedIncidentQuery = (id: number) =>
  queryOptions({
    queryKey: [...LINKS, 'incident', id],
    queryFn: async ({ signal }) => titled((await getOneIncident({ path: { incident_id: id }, signal })).data),
  })

export const linkedUpdateQuery = (id: number) =>
  queryOptions({
    queryKey: [...LINKS, 'update', id],
    queryFn: async ({ signal }) =>
      titled((await getOneStatusUpdate({ path: { update_id: id }, signal })).data),
  })

export const incidentChoicesQuery = (search: string) =>
  queryOptions({
    queryKey: [...LINKS, 'incidents', search],
    queryFn: async ({ signal }) =>
      (
        await getIncidents({
          query: { status: ['open', 'in_progress'], limit: OPTIONS, search: search || undefined },
          signal,
        })
      ).data.items.map(titled),
  })

export const updateChoicesQuery = (search: string) =>
  queryOptions({
    queryKey: [...LINKS, 'updates', search],
    queryFn: async ({ signal }) =>
      (
        await getStatusUpdates({ query: { limit: OPTIONS, search: search || undefined }, signal })
      ).data.items.map(titled),
  })

export interface NewBlocker {
  values: BlockerIn
  /** The same for the same form: sent twice it creates once. */
  key: string
}

export const creatingBlockers = { mutationKey: CREATING, status: 'pending' as const }

interface Outcome {
  onSaved: (blocker: Blocker) => void
  onRefused: (error: unknown) => void
}

/** Both are told also when the form is gone by then. */
export function useReportBlocker({ onSaved, onRefused }: Outcome) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: CREATING,
    mutationFn: async ({ values, key }: NewBlocker) =>
      versioned(await postBlockers({ body: values, headers: { 'Idempotency-Key': key } })),
    onSuccess: onSaved,
    onError: onRefused,
    onSettled: () => refresh(queryClient, BLOCKERS),
  })
}

/** Sends without touching the caches: the edit form decides about conflicts. */
export const sendBlocker = (record: Versioned<Blocker>, changes: BlockerPatch) =>
  patchOneBlocker({ path: { blocker_id: record.id }, body: changes, headers: ifMatch(record) })

export function useBlockerRefresh() {
  const queryClient = useQueryClient()
  return {
    refreshBlockers: () => refresh(queryClient, BLOCKERS),
    reloadBlocker: (id: number) => queryClient.query({ ...blockerQuery(id), staleTime: 0 }),
  }
}

function useChange<V>(
  id: number,
  send: (values: V) => Promise<{ data: Blocker; response: Response }>,
  expect: (blocker: Versioned<Blocker>, values: V) => Versioned<Blocker>,
) {
  return useRecordChange<Versioned<Blocker>, V>({
    root: BLOCKERS,
    record: blockerQuery(id).queryKey,
    send: async (values) => versioned(await send(values)),
    expect,
  })
}

const path = (id: number) => ({ path: { blocker_id: id } })

export const useResolve = (id: number) =>
  useChange(
    id,
    (resolution_notes: string | null) => patchBlockerResolution({ ...path(id), body: { resolution_notes } }),
    (blocker, resolution_notes) => ({
      ...blocker,
      resolution_notes,
      status: 'resolved',
      resolved_at: new Date().toISOString(),
    }),
  )

export const useReopen = (id: number) =>
  useChange<undefined>(
    id,
    () => patchBlockerReopening(path(id)),
    (blocker) => ({ ...blocker, status: 'active', resolved_at: null }),
  )

export const useArchive = (id: number) =>
  useChange(
    id,
    (archived: boolean) => (archived ? patchBlockerArchive(path(id)) : patchBlockerUnarchive(path(id))),
    (blocker, archived) => ({ ...blocker, archived }),
  )

export const useDeleteBlocker = (id: number, leave: () => void | Promise<void>) =>
  useDeletion({
    root: BLOCKERS,
    record: blockerQuery(id).queryKey,
    send: () => deleteOneBlocker(path(id)),
    leave,
  })
