import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { isSignedOut } from './errors'
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

interface SigningOut {
  /** To a page that nobody has to be signed in for. */
  leave: () => Promise<void>
  onError: (error: unknown) => void
}

/** Both are called also when who asked is gone by then (a menu that closed). */
export function useSignOut({ leave, onError }: SigningOut) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => postSignOut(),
    // Nothing of this person stays in the page; but as long as theirs stands, it needs to know whose it is.
    onSuccess: async () => {
      await leave()
      queryClient.clear()
    },
    onError: (error) => {
      if (!isSignedOut(error)) onError(error)
    },
  })
}
