import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Blocker } from '~/api/generated'
import { FormError } from '~/ui/FormError'
import { fieldErrors } from '~/ui/forms'
import { MarkdownEditor } from '~/ui/markdown/MarkdownEditor'
import { useDraft } from '~/ui/markdown/useDraft'
import { BlockerMark } from '~/ui/State'
import { words as uiWords } from '~/ui/words'
import { ageOf } from './age'
import { AgeBar } from './AgeBar'
import { MAX } from './BlockerFields'
import classes from './Blockers.module.css'
import { useResolve } from './queries'
import { words } from './words'

/** How long it waits, and the way out of it. */
export function State({ blocker }: { blocker: Blocker }) {
  const [resolving, setResolving] = useState(false)
  const active = blocker.status === 'active'
  const age = ageOf(blocker)
  return (
    <section aria-label={words.state} className={classes.state}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <BlockerMark status={blocker.status} />
          <AgeBar age={age} text={active ? words.waitingFor(age.text) : words.waitedFor(age.text)} />
        </Group>
        {active && !blocker.archived && !resolving && (
          <Button size="xs" onClick={() => setResolving(true)}>
            {words.resolve}
          </Button>
        )}
      </Group>
      {resolving && !blocker.archived && <Resolution blocker={blocker} onDone={() => setResolving(false)} />}
    </section>
  )
}

/** Stays, unseen, until the answer is there: a refusal finds the notes as they were written. */
function Resolution({ blocker, onDone }: { blocker: Blocker; onDone: () => void }) {
  const [before] = useState({ notes: blocker.resolution_notes ?? '' })
  const draft = useDraft(`blocker-${String(blocker.id)}-notes`, before)
  const [notes, setNotes] = useState(draft.values.notes)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const resolve = useResolve(blocker.id)

  const change = (text: string) => {
    setNotes(text)
    draft.keep({ notes: text })
  }
  const send = () => {
    if (notes.length > MAX.notes) {
      setErrors({ resolution_notes: words.tooLong(MAX.notes) })
      return
    }
    setErrors({})
    resolve.mutate(notes.trim() === '' ? null : notes, {
      onSuccess: () => {
        draft.forget()
        onDone()
      },
      onError: (error) => setErrors(fieldErrors(error, ['resolution_notes'])),
    })
  }
  if (resolve.isPending) return null
  return (
    <Stack gap="xs">
      <FormError>{errors['_']}</FormError>
      <MarkdownEditor
        label={words.notes}
        description={words.notesHint}
        value={notes}
        onChange={change}
        error={errors['resolution_notes']}
        maxLength={MAX.notes}
        autoFocus
        onSubmit={send}
      />
      <Group gap="xs" justify="flex-end">
        <Button size="xs" variant="default" onClick={onDone}>
          {uiWords.cancel}
        </Button>
        <Button size="xs" onClick={send}>
          {words.resolveNow}
        </Button>
      </Group>
    </Stack>
  )
}
