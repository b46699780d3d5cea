import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  deleteOneIncident,
  type GetIncidentsData,
  getIncidents,
  getOneIncident,
  type Incident,
  type IncidentIn,
  type IncidentPatch,
  patchIncidentArchive,
  patchIncidentAssignment,
  patchIncidentStatus,
  patchIncidentUnarchive,
  patchOneIncident,
  postIncidents,
} from '~/api/generated'
import { refresh, useDeletion, useRecordChange } from '~/api/records'
import { meQuery } from '~/api/session'
import { ifMatch, type Versioned, versioned } from '~/api/versioned'

const INCIDENTS = ['incidents'] as const
const CREATING = [...INCIDENTS, 'creating'] as const

export type IncidentFilters = Omit<NonNullable<GetIncidentsData['query']>, 'page' | 'cursor'>
export type Status = Incident['status']

/** Incidents in the server's order: unresolved first, then the worst, then the newest. */
export const incidentsQuery = (filters: IncidentFilters) =>
  infiniteQueryOptions({
    queryKey: [...INCIDENTS, 'list', filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getIncidents({ query: { ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const incidentQuery = (id: number) =>
  queryOptions({
    queryKey: [...INCIDENTS, 'one', id],
    queryFn: async ({ signal }) => versioned(await getOneIncident({ path: { incident_id: id }, signal })),
  })

export interface NewIncident {
  values: IncidentIn
  /** The same for the same form: sent twice it creates once. */
  key: string
}

export const creatingIncidents = { mutationKey: CREATING, status: 'pending' as const }

export function useReportIncident() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: CREATING,
    mutationFn: async ({ values, key }: NewIncident) =>
      versioned(await postIncidents({ body: values, headers: { 'Idempotency-Key': key } })),
    onSettled: () => refresh(queryClient, INCIDENTS),
  })
}

/** Sends without touching the caches: the edit form decides about conflicts. */
export const sendIncident = (record: Versioned<Incident>, changes: IncidentPatch) =>
  patchOneIncident({ path: { incident_id: record.id }, body: changes, headers: ifMatch(record) })

export function useIncidentRefresh() {
  const queryClient = useQueryClient()
  return {
    refreshIncidents: () => refresh(queryClient, INCIDENTS),
    reloadIncident: (id: number) => queryClient.query({ ...incidentQuery(id), staleTime: 0 }),
  }
}

function useChange<V>(
  id: number,
  send: (values: V) => Promise<{ data: Incident; response: Response }>,
  expect: (incident: Versioned<Incident>, values: V) => Versioned<Incident>,
) {
  return useRecordChange<Versioned<Incident>, V>({
    root: INCIDENTS,
    record: incidentQuery(id).queryKey,
    send: async (values) => versioned(await send(values)),
    expect,
  })
}

const path = (id: number) => ({ path: { incident_id: id } })

export const useChangeStatus = (id: number) =>
  useChange(
    id,
    (values: { status: Status; resolution_notes?: string }) =>
      patchIncidentStatus({ ...path(id), body: values }),
    (incident, values) => ({ ...incident, ...values }),
  )

export function useAssign(id: number) {
  const queryClient = useQueryClient()
  return useChange(
    id,
    (assigned_to_id: number | null) => patchIncidentAssignment({ ...path(id), body: { assigned_to_id } }),
    (incident, assigned_to_id) => {
      const me = queryClient.getQueryData(meQuery.queryKey)
      return { ...incident, assigned_to_id, assigned_to: me?.id === assigned_to_id ? me : null }
    },
  )
}

export const useArchive = (id: number) =>
  useChange(
    id,
    (archived: boolean) => (archived ? patchIncidentArchive(path(id)) : patchIncidentUnarchive(path(id))),
    (incident, archived) => ({ ...incident, archived }),
  )

export const useDeleteIncident = (id: number, leave: () => void | Promise<void>) =>
  useDeletion({
    root: INCIDENTS,
    record: incidentQuery(id).queryKey,
    send: () => deleteOneIncident(path(id)),
    leave,
  })

/** The steps that the server's state machine allows from each status (docs/architecture.md). */
export const NEXT: Record<Status, readonly Status[]> = {
  open: ['in_progress', 'resolved', 'closed'],
  in_progress: ['resolved', 'closed', 'open'],
  resolved: ['closed', 'in_progress'],
  closed: ['in_progress'],
}
