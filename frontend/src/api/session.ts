import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { getMe, getPublicConfig, postSignOut } from './generated'
import { versioned } from './versioned'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => versioned(await getMe({ signal })),
  staleTime: 60_000,
})

export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: async ({ signal }) => (await getPublicConfig({ signal })).data,
  staleTime: Infinity,
})

/** Who is signed in. Only under the shell, which has made sure that somebody is. */
export const useMe = () => useSuspenseQuery(meQuery).data

export const useIsAdmin = () => useMe().role === 'admin'

/** `onDone` runs whatever the answer, and also when who asked is gone by then (a menu that closed). */
export function useSignOut(onDone: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => postSignOut(),
    // Whatever the answer: nothing of this person stays in the page.
    onSettled: () => {
      queryClient.clear()
      onDone()
    },
  })
}
