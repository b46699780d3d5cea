import { queryOptions } from '@tanstack/react-query'
import { getPeopleForAssignment } from './generated'

/** Active people by name, for pickers and mentions. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }) => (await getPeopleForAssignment({ signal })).data,
  staleTime: 5 * 60_000,
})
