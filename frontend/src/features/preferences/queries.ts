import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { getOwnPreferences, postChannelTest, type PreferencesIn, putOwnPreferences } from '~/api/generated'
import { INBOX } from '~/api/inbox'
import { sayFailure } from '~/ui/notify'
import { changed, takenBack } from './changes'

const PREFERENCES = ['preferences'] as const

export const preferencesQuery = queryOptions({
  queryKey: PREFERENCES,
  queryFn: async ({ signal }) => (await getOwnPreferences({ signal })).data,
})

/** Shown at once, sent one after the other; a refusal takes back what it refused and nothing else, and says so. */
export function useChangePreferences(onFailure: (error: unknown) => void = sayFailure) {
  const queryClient = useQueryClient()
  // Only the last answer knows all that was clicked meanwhile.
  const isLast = () => queryClient.isMutating({ mutationKey: PREFERENCES }) === 1
  return useMutation({
    mutationKey: PREFERENCES,
    scope: { id: 'preferences' },
    mutationFn: async (change: PreferencesIn) => (await putOwnPreferences({ body: change })).data,
    onMutate: async (change) => {
      await queryClient.cancelQueries({ queryKey: PREFERENCES })
      const before = queryClient.getQueryData(preferencesQuery.queryKey)
      if (before === undefined) return undefined
      queryClient.setQueryData(preferencesQuery.queryKey, changed(before, change))
      return takenBack(before, change)
    },
    onSuccess: (answer) => {
      if (isLast()) queryClient.setQueryData(preferencesQuery.queryKey, answer)
    },
    onError: (error, _change, takeBack) => {
      const now = queryClient.getQueryData(preferencesQuery.queryKey)
      if (now !== undefined && takeBack) queryClient.setQueryData(preferencesQuery.queryKey, takeBack(now))
      onFailure(error)
    },
    onSettled: () => {
      if (isLast()) void queryClient.invalidateQueries({ queryKey: PREFERENCES })
    },
  })
}

export function useSendTest() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async () => (await postChannelTest()).data.channels,
    onSettled: () => queryClient.invalidateQueries({ queryKey: INBOX }),
  })
}
