import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type Groups, getSearch } from '~/api/generated'

const SEARCH = ['search'] as const

export type GroupName = keyof Groups

/** What was found, by type; each type is a page of its own, best first. */
export const searchQuery = (
  q: string,
  { types, page = 1, limit = 20 }: { types?: string[]; page?: number; limit?: number } = {},
) =>
  queryOptions({
    queryKey: [...SEARCH, q, { types, page, limit }],
    queryFn: async ({ signal }) => (await getSearch({ query: { q, types, page, limit }, signal })).data,
    placeholderData: keepPreviousData,
  })
