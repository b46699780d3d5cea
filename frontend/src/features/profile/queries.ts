import { useQueryClient } from '@tanstack/react-query'
import { patchMe, type ProfileIn, type User } from '~/api/generated'
import { refresh } from '~/api/records'
import { meQuery } from '~/api/session'
import { ifMatch, type Versioned, versioned } from '~/api/versioned'
import { peopleQuery } from '~/api/people'

/** The answer is who one is from now on, everywhere in the application. */
export function useProfile() {
  const queryClient = useQueryClient()
  return {
    send: async (me: Versioned<User>, changes: ProfileIn) => {
      const answer = versioned(await patchMe({ body: changes, headers: ifMatch(me) }))
      queryClient.setQueryData(meQuery.queryKey, answer)
      void refresh(queryClient, peopleQuery.queryKey)
    },
    reload: () => queryClient.query({ ...meQuery, staleTime: 0 }),
  }
}
