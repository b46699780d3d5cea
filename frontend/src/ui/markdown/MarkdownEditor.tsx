import { Input, Textarea } from '@mantine/core'
import { type CSSProperties, lazy, type ReactNode, Suspense } from 'react'
import { Count } from './Count'
import classes from './Editor.module.css'

export interface MarkdownEditorProps {
  label: string
  description?: ReactNode
  value: string
  onChange: (value: string) => void
  error?: ReactNode
  required?: boolean
  /** In characters. More can be written, with a word about it: what is pasted is never cut silently. */
  maxLength?: number
  minRows?: number
  placeholder?: string
  autoFocus?: boolean
  /** Ctrl-Enter or Cmd-Enter. */
  onSubmit?: () => void
  disabled?: boolean
}

const MIN_ROWS = 4
export const MAX_ROWS = 24

/** What stands above and below the frame, for its margins and colour. */
export const edges = ({ description, error }: Pick<MarkdownEditorProps, 'description' | 'error'>) => ({
  'data-described': Boolean(description) || undefined,
  'data-error': Boolean(error) || undefined,
})

// Whoever can't load it (offline, or a new version is out) writes Markdown by hand.
const Editor = lazy(() => import('./Editor').catch(() => ({ default: PlainEditor })))

/** A field for Markdown, controlled: `value` and `onChange(text)`. */
export function MarkdownEditor({ minRows = MIN_ROWS, ...props }: MarkdownEditorProps) {
  return (
    <Suspense fallback={<Waiting {...props} minRows={minRows} />}>
      <Editor {...props} minRows={minRows} />
    </Suspense>
  )
}

/** As high as the editor will be, so that nothing jumps when it comes. */
function Waiting({ label, description, required, error, value, minRows = MIN_ROWS }: MarkdownEditorProps) {
  const rows = Math.min(Math.max(value.split('\n').length, minRows), MAX_ROWS)
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      required={required}
      error={error}
    >
      <div
        className={classes.waiting}
        {...edges({ description, error })}
        style={{ '--rows': rows } as CSSProperties}
        aria-busy
      />
    </Input.Wrapper>
  )
}

function PlainEditor({ onChange, onSubmit, maxLength, ...props }: MarkdownEditorProps) {
  return (
    <div>
      <Textarea
        {...props}
        autosize
        maxRows={MAX_ROWS}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          onSubmit?.()
        }}
      />
      <Count text={props.value} most={maxLength} />
    </div>
  )
}
