import { Button, Menu, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconEdit, IconKey, IconTrash } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Webhook } from '~/api/generated'
import type { Versioned } from '~/api/versioned'
import { ActionMenu } from '~/ui/ActionMenu'
import { ConfirmDelete } from '~/ui/ConfirmDelete'
import { ConflictDialog } from '~/ui/ConflictDialog'
import { fieldErrors } from '~/ui/forms'
import { useLeave } from '~/ui/leave'
import { say, sayFailure } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { paths } from '~/ui/paths'
import { Fact, Facts, RecordPage } from '~/ui/RecordPage'
import { RelativeTime } from '~/ui/RelativeTime'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { useFlag } from '~/ui/useFlag'
import { useVersionedSave } from '~/ui/useVersionedSave'
import { words as uiWords } from '~/ui/words'
import { Deliveries } from './Deliveries'
import {
  sendWebhook,
  useDeleteWebhook,
  useRotateSecret,
  useSwitchWebhook,
  useWebhookRefresh,
  webhookQuery,
} from './queries'
import { Secret } from './Secret'
import { FIELDS, validation, WebhookForm, type WebhookValues } from './WebhookForm'
import { eventName } from './WebhookList'
import { type WebhookEvent, words } from './words'

export function WebhookView({ id }: { id: number }) {
  const { data: webhook } = useSuspenseQuery(webhookQuery(id))
  const [editing, setEditing] = useFlag('edit')
  return (
    <RecordPage
      title={webhook.description === '' ? webhook.url : webhook.description}
      number={words.number(id)}
      parent={{ to: paths.webhooks, text: words.title }}
      actions={<Actions id={id} onEdit={() => setEditing(true)} />}
      facts={<WebhookFacts webhook={webhook} />}
    >
      {editing && <EditWebhook webhook={webhook} onDone={() => setEditing(false)} />}
      <Panel title={words.deliveries}>
        <Loaded fallback={<RowsSkeleton rows={4} />}>
          <Deliveries webhookId={id} />
        </Loaded>
      </Panel>
    </RecordPage>
  )
}

function Actions({ id, onEdit }: { id: number; onEdit: () => void }) {
  const rotate = useRotateSecret(id)
  const leave = useLeave()
  const remove = useDeleteWebhook(id, () => leave(paths.webhooks))
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button variant="default" leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
        {uiWords.edit}
      </Button>
      <ActionMenu>
        <Menu.Item
          leftSection={<IconKey size={16} aria-hidden />}
          onClick={() => rotate.mutate(undefined, { onError: sayFailure })}
        >
          {words.rotate}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAsking(true)}>
          {uiWords.remove}
        </Menu.Item>
      </ActionMenu>
      {rotate.data !== undefined && (
        <Secret secret={rotate.data} note={words.rotatedText} onDone={() => rotate.reset()} />
      )}
      <ConfirmDelete
        opened={asking}
        text={words.deleteText}
        onClose={() => setAsking(false)}
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onError: sayFailure })}
      />
    </>
  )
}

function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const change = useSwitchWebhook(webhook.id)
  const moment = (at: string | null) => (at === null ? words.never : <RelativeTime at={at} focusable />)
  return (
    <Facts>
      <div>
        <dt>{words.active}</dt>
        <dd>
          <Switch
            aria-label={words.active}
            label={webhook.is_active ? words.active : words.off}
            checked={webhook.is_active}
            onChange={(event) => change.mutate(event.currentTarget.checked, { onError: sayFailure })}
          />
        </dd>
      </div>
      <Fact name={words.url}>{webhook.url}</Fact>
      <Fact name={words.events}>{webhook.events.map(eventName).join(', ')}</Fact>
      <Fact name={words.lastSuccess}>{moment(webhook.last_success_at)}</Fact>
      <Fact name={words.lastFailure}>{moment(webhook.last_failure_at)}</Fact>
      {webhook.failing_since !== null && <Fact name={words.failing}>{moment(webhook.failing_since)}</Fact>}
      <Fact name={words.created}>{moment(webhook.created_at)}</Fact>
    </Facts>
  )
}

const valuesOf = (webhook: Webhook): WebhookValues => ({
  url: webhook.url,
  description: webhook.description,
  events: webhook.events as WebhookEvent[],
})

function EditWebhook({ webhook, onDone }: { webhook: Versioned<Webhook>; onDone: () => void }) {
  const { refreshWebhooks, reloadWebhook } = useWebhookRefresh()
  const versioned = useVersionedSave<Versioned<Webhook>, WebhookValues>({
    record: webhook,
    valuesOf,
    send: sendWebhook,
    reload: () => reloadWebhook(webhook.id),
    onSaved: () => {
      void refreshWebhooks()
      say(uiWords.saved)
      onDone()
    },
    onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
  })
  const form = useForm<WebhookValues>({ initialValues: versioned.initial, validate: validation })
  return (
    <Panel title={words.edit}>
      <WebhookForm
        form={form}
        submit={uiWords.save}
        pending={versioned.saving}
        onSubmit={form.onSubmit((values) => void versioned.save(values))}
        onCancel={onDone}
      />
      {versioned.conflict && (
        <ConflictDialog
          conflict={versioned.conflict}
          saving={versioned.saving}
          onCancel={versioned.dismiss}
          onSave={(values) => void versioned.save(values)}
          fields={{
            url: { label: words.url },
            description: { label: words.description },
            events: { label: words.events, show: (names) => names.map(eventName).join(', ') },
          }}
        />
      )}
    </Panel>
  )
}
