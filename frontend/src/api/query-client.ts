import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isSignedOut, isStatus } from './errors'

/** `onExpired` is told once a request shows that nobody is signed in any more. */
export function createQueryClient(onExpired: () => void): QueryClient {
  const noticeExpiry = (error: unknown) => {
    if (isSignedOut(error)) onExpired()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: noticeExpiry }),
    mutationCache: new MutationCache({ onError: noticeExpiry }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A refusal stays one; what can't be reached is tried once more.
        retry: (failures, error) => failures < 1 && (isStatus(error, 0) || isStatus(error, 503)),
      },
      mutations: { networkMode: 'always' },
    },
  })
}
