import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { getOneSummary, getSummaries, type GetSummariesData, postGeneration } from '~/api/generated'
import { refresh } from '~/api/records'
import { versioned } from '~/api/versioned'

const SUMMARIES = ['summaries'] as const

export type SummaryFilters = Omit<NonNullable<GetSummariesData['query']>, 'page' | 'cursor'>

/** Newest first. */
export const summariesQuery = (filters: SummaryFilters) =>
  infiniteQueryOptions({
    queryKey: [...SUMMARIES, 'list', filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getSummaries({ query: { ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const summaryQuery = (id: number) =>
  queryOptions({
    queryKey: [...SUMMARIES, 'one', id],
    queryFn: async ({ signal }) => versioned(await getOneSummary({ path: { summary_id: id }, signal })),
  })

/** The summaries beside a day: the newest before it and the oldest after it, where there are some. */
export const neighboursQuery = (date: string) =>
  queryOptions({
    queryKey: [...SUMMARIES, 'beside', date],
    queryFn: async ({ signal }) => {
      const [before, after] = await Promise.all([
        getSummaries({ query: { end_date: date, limit: 2 }, signal }),
        getSummaries({ query: { start_date: date, limit: 100 }, signal }),
      ])
      return {
        previous: before.data.items.find((item) => item.summary_date < date),
        next: after.data.items.findLast((item) => item.summary_date > date),
      }
    },
  })

/** Writes a day's summary, today's if none is named, again although it exists. */
export function useWriteSummary() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (summary_date?: string) =>
      (await postGeneration({ query: { summary_date, force_update: true } })).data,
    onSettled: () => refresh(queryClient, SUMMARIES),
  })
}
