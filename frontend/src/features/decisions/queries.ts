import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, isStatus } from '~/api/errors'
import {
  type Decision,
  type DecisionIn,
  type DecisionPatch,
  deleteOneDecision,
  type GetDecisionsData,
  getDecisionAudit,
  getDecisions,
  getOneDecision,
  patchOneDecision,
  postDecisions,
} from '~/api/generated'
import { refresh } from '~/api/records'
import { ifMatch, type Versioned, versioned } from '~/api/versioned'

const DECISIONS = ['decisions'] as const
const CREATING = [...DECISIONS, 'creating'] as const

export type DecisionFilters = Omit<NonNullable<GetDecisionsData['query']>, 'page' | 'cursor'>

/** Decisions by their date, newest first. */
export const decisionsQuery = (filters: DecisionFilters) =>
  infiniteQueryOptions({
    queryKey: [...DECISIONS, 'list', filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getDecisions({ query: { ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

const path = (id: number) => ({ path: { decision_id: id } })

/** null: it is not there. A deleted one still has its history, so that is no failure. */
export const decisionQuery = (id: number) =>
  queryOptions({
    queryKey: [...DECISIONS, 'one', id],
    queryFn: async ({ signal }): Promise<Versioned<Decision> | null> => {
      try {
        return versioned(await getOneDecision({ ...path(id), signal }))
      } catch (error) {
        if (isStatus(error, 404)) return null
        throw error
      }
    },
  })

/** Every change, newest first; also of a deleted one. */
export const historyQuery = (id: number) =>
  queryOptions({
    queryKey: [...DECISIONS, 'history', id],
    queryFn: async ({ signal }) => (await getDecisionAudit({ ...path(id), signal })).data.items,
  })

export interface NewDecision {
  values: DecisionIn
  /** The same for the same form: sent twice it creates once. */
  key: string
}

export const creatingDecisions = { mutationKey: CREATING, status: 'pending' as const }

interface Outcome {
  onSaved: (decision: Decision) => void
  onRefused: (error: unknown) => void
}

/** Both are told also when the form is gone by then. */
export function useRecordDecision({ onSaved, onRefused }: Outcome) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: CREATING,
    mutationFn: async ({ values, key }: NewDecision) =>
      versioned(await postDecisions({ body: values, headers: { 'Idempotency-Key': key } })),
    onSuccess: onSaved,
    onError: onRefused,
    onSettled: () => refresh(queryClient, DECISIONS),
  })
}

/** Sends without touching the caches: the edit form decides about conflicts. */
export const sendDecision = (record: Versioned<Decision>, changes: DecisionPatch) =>
  patchOneDecision({ ...path(record.id), body: changes, headers: ifMatch(record) })

export function useDecisionRefresh() {
  const queryClient = useQueryClient()
  return {
    refreshDecisions: () => refresh(queryClient, DECISIONS),
    reloadDecision: async (id: number) => {
      const now = await queryClient.query({ ...decisionQuery(id), staleTime: 0 })
      if (now === null) throw new ApiError(404)
      return now
    },
  }
}

/** `onDeleted` is told also when the page that asked is gone by then: it shows the history instead. */
export function useDeleteDecision(id: number, onDeleted: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => deleteOneDecision(path(id)),
    onSuccess: () => {
      queryClient.setQueryData(decisionQuery(id).queryKey, null)
      onDeleted()
    },
    onSettled: () => refresh(queryClient, DECISIONS),
  })
}
