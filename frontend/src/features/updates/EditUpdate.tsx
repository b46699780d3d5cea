import { Button, Group } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { KeyboardEvent } from 'react'
import type { StatusUpdate } from '~/api/generated'
import type { Versioned } from '~/api/versioned'
import { ConflictDialog } from '~/ui/ConflictDialog'
import { fieldErrors } from '~/ui/forms'
import { say } from '~/ui/notify'
import { useVersionedSave } from '~/ui/useVersionedSave'
import { words as uiWords } from '~/ui/words'
import { sendUpdate, type UpdateValues, useUpdateRefresh } from './queries'
import { FIELDS, UpdateFields, validation } from './UpdateFields'
import { words } from './words'

const valuesOf = ({ title, content, tags }: StatusUpdate): UpdateValues => ({
  title,
  content,
  tags: [...tags],
})

export function EditUpdate({ update, onDone }: { update: Versioned<StatusUpdate>; onDone: () => void }) {
  const { refreshUpdates, reloadUpdate } = useUpdateRefresh()
  const versioned = useVersionedSave<Versioned<StatusUpdate>, UpdateValues>({
    record: update,
    valuesOf,
    send: sendUpdate,
    reload: () => reloadUpdate(update.id),
    onSaved: () => {
      void refreshUpdates()
      say(uiWords.saved)
      onDone()
    },
    onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
  })
  const form = useForm<UpdateValues>({ initialValues: versioned.initial, validate: validation })
  const save = form.onSubmit((values) => void versioned.save(values))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    save()
  }
  return (
    <>
      <form onSubmit={save} onKeyDown={onKeyDown} aria-label={words.editTitle} noValidate>
        <UpdateFields form={form} onSubmit={() => save()} />
        <Group justify="flex-end" mt="sm">
          <Button variant="default" onClick={onDone}>
            {uiWords.cancel}
          </Button>
          <Button type="submit" loading={versioned.saving}>
            {uiWords.save}
          </Button>
        </Group>
      </form>
      {versioned.conflict && (
        <ConflictDialog
          conflict={versioned.conflict}
          saving={versioned.saving}
          onCancel={versioned.dismiss}
          onSave={(values) => void versioned.save(values)}
          fields={{
            title: { label: words.name },
            content: { label: words.content },
            tags: { label: words.tags },
          }}
        />
      )}
    </>
  )
}
