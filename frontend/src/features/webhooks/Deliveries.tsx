import { Anchor, Badge, Button, Group, Modal, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Delivery } from '~/api/generated'
import { say, sayFailure } from '~/ui/notify'
import { RelativeTime } from '~/ui/RelativeTime'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { words as uiWords } from '~/ui/words'
import { deliveriesQuery, deliveryQuery, useReplay } from './queries'
import { eventName } from './WebhookList'
import classes from './Webhooks.module.css'
import { words } from './words'

/** What was or has to be sent, newest first; one opens with its message and the answer. */
export function Deliveries({ webhookId }: { webhookId: number }) {
  const query = useSuspenseInfiniteQuery(deliveriesQuery(webhookId))
  const [shown, setShown] = useState<number | null>(null)
  const deliveries = query.data.pages.flatMap((page) => page.items)
  if (deliveries.length === 0) return <Text c="dimmed">{words.noDeliveries}</Text>
  return (
    <>
      <ul className={classes.deliveries}>
        {deliveries.map((delivery) => (
          <li key={delivery.id}>
            <StatusMark delivery={delivery} />
            <div className={classes.what}>
              <Anchor
                component="button"
                type="button"
                underline="always"
                ta="left"
                onClick={() => setShown(delivery.id)}
              >
                {eventName(delivery.event)}
                <VisuallyHidden>, {words.show(delivery.id)}</VisuallyHidden>
              </Anchor>{' '}
              {delivery.subject_title}
              <Text size="sm" c="dimmed">
                <Attempts delivery={delivery} />
              </Text>
            </div>
            <RelativeTime at={delivery.created_at} focusable />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {uiWords.showMore}
        </Button>
      )}
      <Modal opened={shown !== null} onClose={() => setShown(null)} title={words.message} size="lg">
        {shown !== null && (
          <Loaded fallback={<RowsSkeleton rows={3} />}>
            <OneDelivery webhookId={webhookId} id={shown} />
          </Loaded>
        )}
      </Modal>
    </>
  )
}

const StatusMark = ({ delivery }: { delivery: Delivery }) => (
  <Badge
    variant="default"
    size="sm"
    tt="none"
    fw={600}
    className={classes.status}
    data-status={delivery.status}
  >
    {words.status[delivery.status]}
  </Badge>
)

function Attempts({ delivery }: { delivery: Delivery }) {
  const parts = [words.attempts(delivery.attempts)]
  if (delivery.status_code !== null) parts.push(words.answered(delivery.status_code))
  if (delivery.duration_ms !== null) parts.push(words.took(delivery.duration_ms))
  return (
    <>
      {parts.join(' · ')}
      {delivery.due_at !== null && delivery.status === 'pending' && (
        <>
          {' '}
          · {words.nextTry} <RelativeTime at={delivery.due_at} />
        </>
      )}
    </>
  )
}

function OneDelivery({ webhookId, id }: { webhookId: number; id: number }) {
  const { data: delivery } = useSuspenseQuery(deliveryQuery(webhookId, id))
  const replay = useReplay(webhookId)
  const parts: [string, string | null][] = [
    [words.message, JSON.stringify(delivery.payload, null, 2)],
    [words.error, delivery.last_error],
    [words.response, delivery.response],
  ]
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {delivery.message_id}
        </Text>
        <Button
          loading={replay.isPending}
          onClick={() => replay.mutate(id, { onSuccess: () => say(words.replayed), onError: sayFailure })}
        >
          {words.replay}
        </Button>
      </Group>
      {parts.map(
        ([title, text]) =>
          text !== null &&
          text !== '' && (
            <section key={title} aria-label={title}>
              <Text fw={600} size="sm">
                {title}
              </Text>
              <pre className={classes.raw} tabIndex={0}>
                {text}
              </pre>
            </section>
          ),
      )}
    </Stack>
  )
}
