import { VisuallyHidden } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import classes from './Editor.module.css'
import { words } from './words'

const NEAR = 0.9
const QUIET_MS = 500

/** Characters as the server counts them: an emoji is one. Null while the end is far. */
function leftOf(text: string, most: number | undefined): number | null {
  // Never fewer units than characters, so a long text is taken apart only near its end.
  if (most === undefined || text.length < most * NEAR) return null
  const used = Array.from(text).length
  return used < most * NEAR ? null : most - used
}

interface Props {
  text: string
  most: number | undefined
  /** Said instead, while it is there. */
  hint?: string | undefined
}

/** What is left of the limit, once it is near. Spoken when the typing pauses, not with every key. */
export function Count({ text, most, hint }: Props) {
  const left = leftOf(text, most)
  const shown = left === null ? '' : left < 0 ? words.tooMany(-left) : words.left(left)
  const [spoken] = useDebouncedValue(hint ?? shown, QUIET_MS)
  return (
    <>
      {shown !== '' && (
        <div aria-hidden className={classes.count} data-over={(left !== null && left < 0) || undefined}>
          {shown}
        </div>
      )}
      <VisuallyHidden role="status">{spoken}</VisuallyHidden>
    </>
  )
}
