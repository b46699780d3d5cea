import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import type { Incident } from '~/api/generated'
import { peopleQuery } from '~/api/people'
import type { Versioned } from '~/api/versioned'
import { ConflictDialog } from '~/ui/ConflictDialog'
import { fieldErrors } from '~/ui/forms'
import { say } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { useVersionedSave } from '~/ui/useVersionedSave'
import { words as uiWords } from '~/ui/words'
import { FIELDS, IncidentFields, type IncidentValues, validation } from './IncidentFields'
import { sendIncident, useIncidentRefresh } from './queries'
import { words } from './words'

const valuesOf = (incident: Incident): IncidentValues => ({
  title: incident.title,
  description: incident.description,
  severity: incident.severity,
  assigned_to_id: incident.assigned_to_id,
})

export function EditIncident({ incident, onDone }: { incident: Versioned<Incident>; onDone: () => void }) {
  const { refreshIncidents, reloadIncident } = useIncidentRefresh()
  const { data: people = [] } = useQuery(peopleQuery)
  const versioned = useVersionedSave<Versioned<Incident>, IncidentValues>({
    record: incident,
    valuesOf,
    send: sendIncident,
    reload: () => reloadIncident(incident.id),
    onSaved: () => {
      void refreshIncidents()
      say(uiWords.saved)
      onDone()
    },
    onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
  })
  const form = useForm<IncidentValues>({ initialValues: versioned.initial, validate: validation })
  const save = form.onSubmit((values) => void versioned.save(values))
  return (
    <Panel title={words.editTitle}>
      <form onSubmit={save} noValidate>
        <Stack>
          <IncidentFields form={form} assignee={incident.assigned_to} onSubmit={() => save()} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onDone}>
              {uiWords.cancel}
            </Button>
            <Button type="submit" loading={versioned.saving}>
              {uiWords.save}
            </Button>
          </Group>
        </Stack>
      </form>
      {versioned.conflict && (
        <ConflictDialog
          conflict={versioned.conflict}
          saving={versioned.saving}
          onCancel={versioned.dismiss}
          onSave={(values) => void versioned.save(values)}
          fields={{
            title: { label: words.name },
            description: { label: words.description },
            severity: { label: words.severity, show: (value) => uiWords.severity[value] },
            assigned_to_id: {
              label: words.assignee,
              show: (id) => people.find((person) => person.id === id)?.full_name ?? uiWords.nobody,
            },
          }}
        />
      )}
    </Panel>
  )
}
