import { Button, Group, UnstyledButton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type KeyboardEvent, type Ref, useEffect, useId, useRef, useState } from 'react'
import { useMe } from '~/api/session'
import { fieldErrors, same } from '~/ui/forms'
import { useDraft } from '~/ui/markdown/useDraft'
import { say, sayFailure } from '~/ui/notify'
import { PersonAvatar } from '~/ui/Person'
import { words as uiWords } from '~/ui/words'
import classes from './Composer.module.css'
import { type UpdateValues, usePostUpdate } from './queries'
import { FIELDS, UpdateFields, validation } from './UpdateFields'
import { words } from './words'

const EMPTY: UpdateValues = { title: '', content: '', tags: [] }
const DRAFT = 'status_update'

interface Props {
  opened: boolean
  onOpen: () => void
  onClose: () => void
}

/** One line that opens into the editor in place. */
export function Composer({ opened, onOpen, onClose }: Props) {
  const { restored } = useDraft(DRAFT, EMPTY)
  const [begun, setBegun] = useState(restored)
  const line = useRef<HTMLButtonElement>(null)
  const wasOpened = useRef(opened)
  useEffect(() => {
    // The form that had the focus is gone.
    if (wasOpened.current && !opened) line.current?.focus()
    wasOpened.current = opened
  }, [opened])

  if (!opened) return <Line ref={line} text={begun ? words.resume : words.prompt} onClick={onOpen} />
  return (
    <ComposerForm
      onClose={(stillBegun) => {
        setBegun(stillBegun)
        onClose()
      }}
    />
  )
}

interface LineProps {
  text: string
  onClick?: () => void
  ref?: Ref<HTMLButtonElement>
}

function Line({ text, onClick, ref }: LineProps) {
  const me = useMe()
  return (
    <UnstyledButton ref={ref} className={classes.line} onClick={onClick} aria-keyshortcuts="c">
      <PersonAvatar person={me} size={28} />
      <span>{text}</span>
    </UnstyledButton>
  )
}

function ComposerForm({ onClose }: { onClose: (begun: boolean) => void }) {
  const title = useId()
  const draft = useDraft(DRAFT, EMPTY)
  const mounted = useMounted()
  const form = useForm<UpdateValues>({
    initialValues: draft.values,
    validate: validation,
    onValuesChange: (values) => draft.keep(values),
  })
  const post = usePostUpdate({
    onSuccess: () => draft.forget(),
    onError: (error) => {
      if (mounted.current) form.setErrors(fieldErrors(error, FIELDS))
      else sayFailure(new Error(words.keptAsDraft))
    },
  })
  const send = form.onSubmit((values) => {
    if (post.isPending) return
    post.mutate(
      { values, key: draft.key },
      {
        onSuccess: () => {
          say(words.posted)
          onClose(false)
        },
      },
    )
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    if (event.key === 'Escape') onClose(!same(form.values, EMPTY))
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    send()
  }
  // While it is on its way its row stands in the list; a refusal brings the form back as it was.
  return (
    <>
      {post.isPending && <Line text={words.posting} />}
      <form
        className={classes.form}
        aria-labelledby={title}
        hidden={post.isPending}
        onSubmit={send}
        onKeyDown={onKeyDown}
        noValidate
      >
        <h2 id={title} className={classes.title}>
          {words.composer}
        </h2>
        <UpdateFields form={form} onSubmit={() => send()} />
        <Group justify="flex-end" mt="sm">
          <Button variant="default" onClick={() => onClose(!same(form.values, EMPTY))}>
            {uiWords.cancel}
          </Button>
          <Button type="submit" aria-keyshortcuts="Control+Enter">
            {words.post}
          </Button>
        </Group>
      </form>
    </>
  )
}

function useMounted() {
  const mounted = useRef(false)
  useEffect(() => {
    mounted.current = true
    return () => {
      mounted.current = false
    }
  }, [])
  return mounted
}
