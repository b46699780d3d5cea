import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Blocker } from '~/api/generated'
import type { Versioned } from '~/api/versioned'
import { ConflictDialog } from '~/ui/ConflictDialog'
import { fieldErrors } from '~/ui/forms'
import { say } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { useVersionedSave } from '~/ui/useVersionedSave'
import { words as uiWords } from '~/ui/words'
import { BlockerFields, type BlockerValues, FIELDS, validation } from './BlockerFields'
import { LinkToIncident, LinkToUpdate } from './LinkTo'
import { sendBlocker, useBlockerRefresh } from './queries'
import { words } from './words'

const valuesOf = (blocker: Blocker): BlockerValues => ({
  description: blocker.description,
  impact: blocker.impact,
  related_incident_id: blocker.related_incident_id,
  related_status_id: blocker.related_status_id,
})

export function EditBlocker({ blocker, onDone }: { blocker: Versioned<Blocker>; onDone: () => void }) {
  const { refreshBlockers, reloadBlocker } = useBlockerRefresh()
  const versioned = useVersionedSave<Versioned<Blocker>, BlockerValues>({
    record: blocker,
    valuesOf,
    send: sendBlocker,
    reload: () => reloadBlocker(blocker.id),
    onSaved: () => {
      void refreshBlockers()
      say(uiWords.saved)
      onDone()
    },
    onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
  })
  const form = useForm<BlockerValues>({
    mode: 'controlled',
    initialValues: versioned.initial,
    validate: validation,
  })
  const save = form.onSubmit((values) => void versioned.save(values))
  return (
    <Panel title={words.editTitle}>
      <form onSubmit={save} noValidate>
        <Stack>
          <BlockerFields form={form} onSubmit={() => save()} />
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
            description: { label: words.description },
            impact: { label: words.impact },
            related_incident_id: {
              label: words.linkedIncident,
              show: (id) => (id === null ? words.noIncident : <LinkToIncident id={id} />),
            },
            related_status_id: {
              label: words.linkedUpdate,
              show: (id) => (id === null ? words.noUpdate : <LinkToUpdate id={id} />),
            },
          }}
        />
      )}
    </Panel>
  )
}
