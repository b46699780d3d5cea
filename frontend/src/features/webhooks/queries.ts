import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  deleteOneWebhook,
  getDeliveries,
  getOneDelivery,
  getOneWebhook,
  getWebhooks,
  patchOneWebhook,
  postDeliveryReplay,
  postWebhooks,
  postWebhookSecret,
  type Webhook,
  type WebhookIn,
  type WebhookPatch,
} from '~/api/generated'
import { refresh, useDeletion, useRecordChange } from '~/api/records'
import { ifMatch, type Versioned, versioned } from '~/api/versioned'

const WEBHOOKS = ['webhooks'] as const
const path = (id: number) => ({ path: { webhook_id: id } })

/** All of them: a workspace has few. */
export const webhooksQuery = queryOptions({
  queryKey: [...WEBHOOKS, 'list'],
  queryFn: async ({ signal }) => (await getWebhooks({ query: { limit: 100 }, signal })).data.items,
})

export const webhookQuery = (id: number) =>
  queryOptions({
    queryKey: [...WEBHOOKS, 'one', id],
    queryFn: async ({ signal }) => versioned(await getOneWebhook({ ...path(id), signal })),
  })

/** Newest first; looked at again every ten seconds while something waits. */
export const deliveriesQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: [...webhookQuery(id).queryKey, 'deliveries'],
    queryFn: async ({ pageParam, signal }) =>
      (await getDeliveries({ ...path(id), query: { limit: 20, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.items.some((delivery) => delivery.status === 'pending') ? 10_000 : false,
  })

export const deliveryQuery = (id: number, delivery_id: number) =>
  queryOptions({
    queryKey: [...webhookQuery(id).queryKey, 'delivery', delivery_id],
    queryFn: async ({ signal }) =>
      (await getOneDelivery({ path: { webhook_id: id, delivery_id }, signal })).data,
  })

export function useAddWebhook() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ values, key }: { values: WebhookIn; key: string }) =>
      (await postWebhooks({ body: values, headers: { 'Idempotency-Key': key } })).data,
    onSettled: () => refresh(queryClient, WEBHOOKS),
  })
}

export const sendWebhook = (record: Versioned<Webhook>, changes: WebhookPatch) =>
  patchOneWebhook({ ...path(record.id), body: changes, headers: ifMatch(record) })

export function useWebhookRefresh() {
  const queryClient = useQueryClient()
  return {
    refreshWebhooks: () => refresh(queryClient, WEBHOOKS),
    reloadWebhook: (id: number) => queryClient.query({ ...webhookQuery(id), staleTime: 0 }),
  }
}

export const useSwitchWebhook = (id: number) =>
  useRecordChange<Versioned<Webhook>, boolean>({
    root: WEBHOOKS,
    record: webhookQuery(id).queryKey,
    send: async (is_active) => versioned(await patchOneWebhook({ ...path(id), body: { is_active } })),
    expect: (webhook, is_active) => ({ ...webhook, is_active }),
  })

export function useRotateSecret(id: number) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async () => (await postWebhookSecret(path(id))).data.secret,
    onSettled: () => refresh(queryClient, WEBHOOKS),
  })
}

export const useDeleteWebhook = (id: number, leave: () => void | Promise<void>) =>
  useDeletion({
    root: WEBHOOKS,
    record: webhookQuery(id).queryKey,
    send: () => deleteOneWebhook(path(id)),
    leave,
  })

export function useReplay(id: number) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (delivery_id: number) => postDeliveryReplay({ path: { webhook_id: id, delivery_id } }),
    onSettled: () => refresh(queryClient, WEBHOOKS),
  })
}
