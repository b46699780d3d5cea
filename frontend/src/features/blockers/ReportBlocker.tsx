import { Anchor, Button, Group, Modal, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { fieldErrors } from '~/ui/forms'
import { useDraft } from '~/ui/markdown/useDraft'
import { say } from '~/ui/notify'
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
  const report = useReportBlocker()
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
  const send = form.onSubmit((values) =>
    report.mutate(
      { values, key: draft.key },
      {
        onSuccess: (blocker) => {
          startOver()
          say(words.reported(words.number(blocker.id)))
          onClose()
        },
        onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
      },
    ),
  )
  return (
    <Modal opened={opened && !report.isPending} onClose={onClose} title={words.reportTitle} size="lg">
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
