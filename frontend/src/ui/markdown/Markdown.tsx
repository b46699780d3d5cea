import { type ComponentType, type CSSProperties, lazy, Suspense } from 'react'
import { Failsafe } from './Failsafe'
import classes from './Markdown.module.css'

interface Props {
  text: string
  /** Cut at about as many lines. */
  lines?: number
}

// A part that can't be loaded (offline, or a new version is out) leaves the words as they were written.
const Rendered = lazy<ComponentType<{ text: string }>>(() =>
  import('./Rendered').catch(() => ({ default: Plain })),
)

/** A text that somebody wrote: no HTML, safe links, mentioned people emphasised. */
export function Markdown({ text, lines }: Props) {
  const content = (
    <Suspense fallback={<Plain text={text} />}>
      <Failsafe key={text} instead={<Plain text={text} />}>
        <Rendered text={text} />
      </Failsafe>
    </Suspense>
  )
  return lines === undefined ? content : <div {...clamped(lines)}>{content}</div>
}

export const clamped = (lines: number) => ({
  className: classes.clamp,
  style: { '--lines': lines } as CSSProperties,
})

function Plain({ text }: { text: string }) {
  return <div className={classes.plain}>{text}</div>
}
