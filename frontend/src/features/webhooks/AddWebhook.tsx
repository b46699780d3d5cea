import { Modal } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { fieldErrors } from '~/ui/forms'
import { useDraft } from '~/ui/markdown/useDraft'
import { pathOf } from '~/ui/paths'
import { useAddWebhook } from './queries'
import { Secret } from './Secret'
import { FIELDS, validation, WebhookForm, type WebhookValues } from './WebhookForm'
import { words } from './words'

const EMPTY: WebhookValues = { url: '', description: '', events: [] }

export function AddWebhook({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<{ id: number; secret: string } | null>(null)
  const navigate = useNavigate()
  if (made)
    return (
      <Secret
        secret={made.secret}
        onDone={() => {
          setMade(null)
          void navigate(pathOf.webhook(made.id))
        }}
      />
    )
  return (
    <Modal opened={opened} onClose={onClose} title={words.addTitle} size="lg">
      <Add onMade={setMade} onCancel={onClose} />
    </Modal>
  )
}

function Add({
  onMade,
  onCancel,
}: {
  onMade: (made: { id: number; secret: string }) => void
  onCancel: () => void
}) {
  const draft = useDraft('webhook', EMPTY)
  const add = useAddWebhook()
  const form = useForm<WebhookValues>({
    initialValues: draft.values,
    validate: validation,
    onValuesChange: (values) => draft.keep(values),
  })
  const send = form.onSubmit((values) =>
    add.mutate(
      { values, key: draft.key },
      {
        onSuccess: (webhook) => {
          draft.forget()
          onMade(webhook)
        },
        onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
      },
    ),
  )
  return (
    <WebhookForm form={form} submit={words.add} pending={add.isPending} onSubmit={send} onCancel={onCancel} />
  )
}
