import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import {
  deleteOneInvitation,
  getInvitations,
  getUsers,
  type GetUsersData,
  type InvitationIn,
  patchOneUser,
  postInvitations,
  type UserForAdminPage,
  type UserIn,
} from '~/api/generated'
import { peopleQuery } from '~/api/people'
import { refresh } from '~/api/records'

const ACCOUNTS = ['accounts'] as const

export type PeopleFilters = Omit<NonNullable<GetUsersData['query']>, 'page' | 'cursor'>

export const accountsQuery = (filters: PeopleFilters) =>
  infiniteQueryOptions({
    queryKey: [...ACCOUNTS, 'list', filters],
    queryFn: async ({ pageParam, signal }) =>
      (await getUsers({ query: { ...filters, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

/** All open ones: they are few, and expire after a week. */
export const invitationsQuery = queryOptions({
  queryKey: [...ACCOUNTS, 'invitations'],
  queryFn: async ({ signal }) => (await getInvitations({ query: { limit: 100 }, signal })).data.items,
})

/** Role and access change in place, at once; a refusal puts them back. */
export function useChangeAccount() {
  const queryClient = useQueryClient()
  const lists = { queryKey: [...ACCOUNTS, 'list'] }
  return useMutation({
    mutationFn: ({ id, ...body }: UserIn & { id: number }) => patchOneUser({ path: { user_id: id }, body }),
    onMutate: async ({ id, ...body }) => {
      await queryClient.cancelQueries(lists)
      const before = queryClient.getQueriesData<InfiniteData<UserForAdminPage>>(lists)
      queryClient.setQueriesData<InfiniteData<UserForAdminPage>>(
        lists,
        (data) =>
          data && {
            ...data,
            pages: data.pages.map((page) => ({
              ...page,
              items: page.items.map((person) => (person.id === id ? { ...person, ...body } : person)),
            })),
          },
      )
      return before
    },
    onError: (_error, _change, before) =>
      before?.forEach(([key, data]) => queryClient.setQueryData(key, data)),
    onSettled: async () => {
      await refresh(queryClient, ACCOUNTS)
      await queryClient.invalidateQueries({ queryKey: peopleQuery.queryKey })
    },
  })
}

export function useInvite() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (body: InvitationIn) => (await postInvitations({ body })).data,
    onSettled: () => refresh(queryClient, ACCOUNTS),
  })
}

export function useWithdraw() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => deleteOneInvitation({ path: { invitation_id: id } }),
    onSettled: () => refresh(queryClient, ACCOUNTS),
  })
}
