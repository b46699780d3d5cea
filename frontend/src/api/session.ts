import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { ApiError, isSignedOut } from './errors'
import { getMe, getPublicConfig, postSignOut } from './generated'
import { csrfToken } from './http'
import { versioned } from './versioned'

declare global {
  interface Window {
    /** What public/early.js asked while this code was on its way. */
    earlyMe?: Promise<Response>
  }
}

/** The early answer, once. */
const askMe: typeof fetch = (...args) => {
  const early = window.earlyMe
  delete window.earlyMe
  return early ?? fetch(...args)
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    if (csrfToken() === undefined) throw new ApiError(401)
    return versioned(await getMe({ signal, fetch: askMe }))
  },
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
