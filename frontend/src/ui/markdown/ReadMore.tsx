import { Button } from '@mantine/core'
import { type FocusEvent, useEffect, useId, useRef, useState } from 'react'
import { clamped, Markdown } from './Markdown'
import { words } from './words'

/** A long text cut at some lines, with a button for the rest if there is any. */
export function ReadMore({ text, lines = 8 }: { text: string; lines?: number }) {
  const id = useId()
  const outer = useRef<HTMLDivElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  const [isLong, setLong] = useState(false)
  const [open, setOpen] = useState(false)

  useEffect(() => {
    if (open || outer.current === null || inner.current === null) return
    const box = outer.current
    const measure = () => setLong(box.scrollHeight > box.clientHeight + 1)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    observer.observe(inner.current) // grows when the text is rendered, under a box that stays
    return () => observer.disconnect()
  }, [open, text, lines])

  /** Tab reached a link that is cut off. */
  const showFocused = (event: FocusEvent) => {
    const box = outer.current
    if (box !== null && event.target.getBoundingClientRect().bottom > box.getBoundingClientRect().bottom)
      setOpen(true)
  }

  const toggle = () => {
    setOpen(!open)
    // The reader stays at this text when most of it goes.
    if (open) outer.current?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <div>
      <div
        ref={outer}
        id={id}
        {...(open ? {} : clamped(lines))}
        onFocusCapture={open ? undefined : showFocused}
      >
        <div ref={inner}>
          <Markdown text={text} />
        </div>
      </div>
      {(isLong || open) && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={4}
          ml={-8}
          aria-expanded={open}
          aria-controls={id}
          onClick={toggle}
        >
          {open ? words.showLess : words.readMore}
        </Button>
      )}
    </div>
  )
}
