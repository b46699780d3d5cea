import { Anchor, Button, Group, Modal, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect, useRef, useState } from 'react'
import { fieldErrors } from '~/ui/forms'
import { useDraft } from '~/ui/markdown/useDraft'
import { say, sayFailure } from '~/ui/notify'
import { words as uiWords } from '~/ui/words'
import { BlockerFields, type BlockerValues, FIELDS, validation } from './BlockerFields'
import { useReportBlocker } from './queries'
import { words } from './words'

interface Props {
  opened: boolean
  onClose: () => void
  /** The incident that the form starts with. */
  incident?: number
}

/** Steps aside while it is sent: the list shows the row by then. A refusal brings it back with the text. */
export const ReportBlocker = (props: Props) => <Form key={props.incident ?? 'any'} {...props} />

function Form({ opened, onClose, incident }: Props) {
  const empty: BlockerValues = {
    description: '',
    impact: '',
    related_incident_id: incident ?? null,
    related_status_id: null,
  }
  const draft = useDraft(
    incident === undefined ? 'blocker' : `blocker-for-incident-${String(incident)}`,
    empty,
  )
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
  const report = useReportBlocker({
    onSaved: (blocker) => {
      draft.forget()
      say(words.reported(words.number(blocker.id)))
    },
    // Whoever went elsewhere finds the text in the draft.
    onRefused: (error) => {
      if (!onScreen.current) sayFailure(error)
    },
  })
  const form = useForm<BlockerValues>({
    mode: 'controlled',
    initialValues: draft.values,
    validate: validation,
    onValuesChange: (values) => draft.keep(values),
  })
  const startOver = () => {
    form.setValues(empty)
    form.clearErrors()
    draft.forget()
  }
  const send = form.onSubmit((values) => {
    setAside(true)
    report.mutate(
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
    <Modal opened={opened && !aside} onClose={onClose} title={words.reportTitle} size="lg">
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
        <BlockerFields form={form} onSubmit={() => send()} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {uiWords.cancel}
          </Button>
          <Button type="submit">{words.report}</Button>
        </Group>
      </form>
    </Modal>
  )
}
