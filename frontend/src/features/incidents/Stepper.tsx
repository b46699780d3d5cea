import { Button, Group, Stack } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { Incident } from '~/api/generated'
import { MarkdownEditor } from '~/ui/markdown/MarkdownEditor'
import { sayFailure } from '~/ui/notify'
import { words as uiWords } from '~/ui/words'
import { MAX_TEXT } from './IncidentFields'
import { NEXT, type Status, useChangeStatus } from './queries'
import classes from './Stepper.module.css'
import { words } from './words'

const ORDER: Status[] = ['open', 'in_progress', 'resolved', 'closed']

/** Where the incident stands, and the steps that are allowed from here. Resolving asks for notes in the same place. */
export function Stepper({ incident }: { incident: Incident }) {
  const change = useChangeStatus(incident.id)
  const [resolving, setResolving] = useState(false)
  const reached = ORDER.indexOf(incident.status)

  const go = (status: Status, notes?: string) =>
    change.mutate(
      { status, ...(notes === undefined ? {} : { resolution_notes: notes }) },
      { onSuccess: () => setResolving(false), onError: sayFailure },
    )
  const label = (status: Status) =>
    status === 'in_progress' && reached > ORDER.indexOf('in_progress') ? words.again : words.step[status]

  return (
    <section aria-label={words.steps} className={classes.box}>
      <ol className={classes.steps}>
        {ORDER.map((status, index) => (
          <li
            key={status}
            className={classes.step}
            data-state={index < reached ? 'done' : index === reached ? 'here' : 'ahead'}
            aria-current={index === reached ? 'step' : undefined}
          >
            <span className={classes.dot} aria-hidden>
              {index < reached ? <IconCheck size={12} stroke={3} /> : index + 1}
            </span>
            {uiWords.incidentStatus[status]}
          </li>
        ))}
      </ol>
      {!incident.archived &&
        (resolving ? (
          <ResolutionNotes
            initial={incident.resolution_notes ?? ''}
            pending={change.isPending}
            onSend={(notes) => go('resolved', notes)}
            onCancel={() => setResolving(false)}
          />
        ) : (
          <Group gap="xs">
            {NEXT[incident.status].map((status, index) => (
              <Button
                key={status}
                size="xs"
                variant={index === 0 ? 'filled' : 'default'}
                disabled={change.isPending}
                onClick={() => (status === 'resolved' ? setResolving(true) : go(status))}
              >
                {label(status)}
              </Button>
            ))}
          </Group>
        ))}
    </section>
  )
}

interface NotesProps {
  initial: string
  pending: boolean
  onSend: (notes: string) => void
  onCancel: () => void
}

function ResolutionNotes({ initial, pending, onSend, onCancel }: NotesProps) {
  const [notes, setNotes] = useState(initial)
  return (
    <Stack gap="xs">
      <MarkdownEditor
        label={words.notes}
        description={words.notesHint}
        value={notes}
        onChange={setNotes}
        maxLength={MAX_TEXT}
        autoFocus
        onSubmit={() => onSend(notes)}
      />
      <Group gap="xs" justify="flex-end">
        <Button size="xs" variant="default" onClick={onCancel}>
          {uiWords.cancel}
        </Button>
        <Button size="xs" loading={pending} onClick={() => onSend(notes)}>
          {words.resolveNow}
        </Button>
      </Group>
    </Stack>
  )
}
