import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { FormError } from '~/ui/FormError'
import { fieldErrors } from '~/ui/forms'
import { say } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { words as uiWords } from '~/ui/words'
import { preferencesQuery, useChangePreferences } from './queries'
import { words } from './words'

/** Where chat messages go. The address is a secret: only its service is shown. */
export function ChatTarget() {
  const { data: preferences } = useSuspenseQuery(preferencesQuery)
  const [replacing, setReplacing] = useState(false)
  const service = preferences.chat_service
  return (
    <Panel title={words.chat}>
      {service === null || replacing ? (
        <ChatForm
          replacing={replacing}
          onDone={() => setReplacing(false)}
          onCancel={service === null ? undefined : () => setReplacing(false)}
        />
      ) : (
        <Group gap="sm">
          <Text flex={1} miw={220}>
            {words.chatText(service)}
          </Text>
          <Button variant="default" onClick={() => setReplacing(true)}>
            {words.replaceChat}
          </Button>
          <RemoveChat service={service} />
        </Group>
      )}
    </Panel>
  )
}

interface FormProps {
  replacing: boolean
  onDone: () => void
  onCancel?: () => void
}

function ChatForm({ replacing, onDone, onCancel }: FormProps) {
  const form = useForm({
    mode: 'controlled',
    initialValues: { chat_url: '' },
    validate: { chat_url: (value) => (value.trim() === '' ? words.blank : null) },
  })
  const change = useChangePreferences((error) => form.setErrors(fieldErrors(error, ['chat_url'])))
  const submit = form.onSubmit(async ({ chat_url }) => {
    // A promise, not mutate's callback: by then the first target has already replaced this form.
    const answer = await change.mutateAsync({ chat_url: chat_url.trim() }).catch(() => null)
    if (answer === null) return
    if (answer.chat_service !== null) say(words.chatSet(answer.chat_service))
    onDone()
  })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormError>{form.errors['_']}</FormError>
        <TextInput
          label={words.chatUrl}
          description={words.chatHint}
          autoComplete="off"
          spellCheck={false}
          autoFocus={replacing}
          maxLength={1000}
          {...form.getInputProps('chat_url')}
        />
        <Group gap="sm">
          <Button type="submit" loading={change.isPending}>
            {replacing ? words.replaceChat : words.setChat}
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {uiWords.cancel}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

function RemoveChat({ service }: { service: string }) {
  const [asking, setAsking] = useState(false)
  const { mutate } = useChangePreferences()
  const remove = () => {
    setAsking(false)
    mutate({ chat_url: null })
  }
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {words.removeChat}
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={words.removeAsk(service)}>
        <Stack>
          <Text>{words.removeText}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {uiWords.cancel}
            </Button>
            <Button color="red.9" onClick={remove}>
              {words.removeChat}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
