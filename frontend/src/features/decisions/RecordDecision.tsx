import { Anchor, Button, Group, Modal, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect, useRef, useState } from 'react'
import { fieldErrors } from '~/ui/forms'
import { useDraft } from '~/ui/markdown/useDraft'
import { say, sayFailure } from '~/ui/notify'
import { dayOf } from '~/ui/time'
import { words as uiWords } from '~/ui/words'
import { DecisionFields, type DecisionValues, FIELDS, validation } from './DecisionFields'
import { useRecordDecision } from './queries'
import { words } from './words'

const emptyForm = (): DecisionValues => ({
  title: '',
  decision_date: dayOf(new Date().toISOString()),
  outcome: '',
  context: '',
  description: '',
  participant_ids: [],
  tags: [],
})

/** Steps aside while it is sent: the list shows the row by then. A refusal brings it back with the text. */
export function RecordDecision({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const draft = useDraft('decision', emptyForm())
  // Not before it is closed: it would show once more, empty.
  const [aside, setAside] = useState(false)
  if (aside && !opened) setAside(false)
  const onScreen = useRef(false)
  useEffect(() => {
    onScreen.current = opened
    return () => {
      onScreen.current = false
    }
  }, [opened])
  const record = useRecordDecision({
    onSaved: (decision) => {
      draft.forget()
      say(words.recorded(words.number(decision.id)))
    },
    // Whoever went elsewhere finds the text in the draft.
    onRefused: (error) => {
      if (!onScreen.current) sayFailure(error)
    },
  })
  const form = useForm<DecisionValues>({
    mode: 'controlled',
    initialValues: draft.values,
    validate: validation,
    onValuesChange: (values) => draft.keep(values),
  })
  const startOver = () => {
    form.setValues(emptyForm())
    form.clearErrors()
    draft.forget()
  }
  const send = form.onSubmit((values) => {
    setAside(true)
    record.mutate(
      { values, key: draft.key },
      {
        onSuccess: () => {
          startOver()
          onClose()
        },
        onError: (error) => {
          setAside(false)
          form.setErrors(fieldErrors(error, FIELDS))
        },
      },
    )
  })
  return (
    <Modal opened={opened && !aside} onClose={onClose} title={words.recordTitle} size="xl">
      <form onSubmit={send} noValidate>
        {draft.restored && (
          <Group gap="xs" mb="sm">
            <Text size="sm" c="dimmed">
              {words.draft}
            </Text>
            <Anchor component="button" type="button" size="sm" underline="always" onClick={startOver}>
              {words.startOver}
            </Anchor>
          </Group>
        )}
        <DecisionFields form={form} onSubmit={() => send()} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {uiWords.cancel}
          </Button>
          <Button type="submit">{words.record}</Button>
        </Group>
      </form>
    </Modal>
  )
}
