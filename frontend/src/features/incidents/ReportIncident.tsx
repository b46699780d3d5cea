import { Button, Group, Modal } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from 'react-router'
import { fieldErrors } from '~/ui/forms'
import { useDraft } from '~/ui/markdown/useDraft'
import { say } from '~/ui/notify'
import { pathOf } from '~/ui/paths'
import { words as uiWords } from '~/ui/words'
import { FIELDS, IncidentFields, type IncidentValues, validation } from './IncidentFields'
import { useReportIncident } from './queries'
import { words } from './words'

const EMPTY: IncidentValues = { title: '', description: '', severity: 'medium', assigned_to_id: null }

export function ReportIncident({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.reportTitle} size="lg">
      <ReportForm onClose={onClose} />
    </Modal>
  )
}

function ReportForm({ onClose }: { onClose: () => void }) {
  const draft = useDraft('incident', EMPTY)
  const report = useReportIncident()
  const navigate = useNavigate()
  const form = useForm<IncidentValues>({
    initialValues: draft.values,
    validate: validation,
    onValuesChange: (values) => draft.keep(values),
  })
  const send = form.onSubmit((values) => {
    report.mutate(
      { values, key: draft.key },
      {
        onSuccess: (incident) => {
          draft.forget()
          say(words.reported(words.number(incident.id)))
          void navigate(pathOf.incident(incident.id))
        },
        onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
      },
    )
  })
  return (
    <form onSubmit={send} noValidate>
      <IncidentFields form={form} onSubmit={() => send()} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {uiWords.cancel}
        </Button>
        <Button type="submit" loading={report.isPending}>
          {words.report}
        </Button>
      </Group>
    </form>
  )
}
