import { Badge, Button } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import type { Webhook } from '~/api/generated'
import { pathOf } from '~/ui/paths'
import { RelativeTime } from '~/ui/RelativeTime'
import { Row, Rows } from '~/ui/Rows'
import { Empty } from '~/ui/states'
import { webhooksQuery } from './queries'
import { events, type WebhookEvent, words } from './words'

export const eventName = (name: string) => (events as Record<string, string>)[name as WebhookEvent] ?? name

export const ActiveMark = ({ webhook }: { webhook: Webhook }) => (
  <Badge variant="default" size="sm" tt="none" fw={600}>
    {webhook.is_active ? (webhook.failing_since === null ? words.active : words.failing) : words.off}
  </Badge>
)

export function WebhookList({ onAdd }: { onAdd: () => void }) {
  const { data: webhooks } = useSuspenseQuery(webhooksQuery)
  if (webhooks.length === 0)
    return (
      <Empty title={words.none} text={words.noneText} action={<Button onClick={onAdd}>{words.add}</Button>} />
    )
  return (
    <Rows label={words.title}>
      {webhooks.map((webhook) => (
        <Row
          key={webhook.id}
          to={pathOf.webhook(webhook.id)}
          title={webhook.description === '' ? webhook.url : webhook.description}
          under={`${webhook.url} · ${webhook.events.map(eventName).join(', ')}`}
          before={<ActiveMark webhook={webhook} />}
          facts={
            webhook.last_success_at !== null && (
              <>
                {words.lastSuccess} <RelativeTime at={webhook.last_success_at} />
              </>
            )
          }
        />
      ))}
    </Rows>
  )
}
