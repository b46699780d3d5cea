import { SegmentedControl, Textarea } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { Count } from './Count'
import classes from './Editor.module.css'
import { type Command, runCommand } from './edits'
import { edges, MAX_ROWS, type MarkdownEditorProps } from './MarkdownEditor'
import { Markdown } from './Markdown'
import { optionId, Suggestions } from './Suggestions'
import { Toolbar, toolFor } from './Toolbar'
import { useSuggestions } from './useSuggestions'
import { words } from './words'

const VIEWS = [
  { value: 'write', label: words.write },
  { value: 'preview', label: words.preview },
]

/** The field itself; `MarkdownEditor` loads it when it is needed. */
export default function Editor({
  value,
  onChange,
  onSubmit,
  maxLength,
  minRows,
  disabled,
  autoFocus,
  ...field
}: MarkdownEditorProps) {
  const id = useId()
  const listId = `${id}-people`
  const text = useRef<HTMLTextAreaElement>(null)
  const [view, setView] = useState('write')
  const [height, setHeight] = useState(0)
  const suggestions = useSuggestions(text)
  const writing = view === 'write'

  const run = (command: Command) => {
    if (text.current !== null) runCommand(text.current, command)
  }

  const switchTo = (next: string) => {
    if (text.current !== null && writing) setHeight(text.current.offsetHeight)
    suggestions.close()
    setView(next)
  }

  const onTextKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || suggestions.onKey(event)) return
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    const tool = toolFor(event.key)
    if (tool === undefined) return
    event.preventDefault()
    run(tool.command)
  }

  const onFrameKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.defaultPrevented) return
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      if (disabled !== true) onSubmit?.()
    } else if (event.target instanceof HTMLInputElement) event.preventDefault() // choosing a view sends no form
  }

  const frame = (area: ReactNode) => (
    <div className={classes.frame} {...edges(field)} onKeyDown={onFrameKey}>
      <div className={classes.head}>
        <SegmentedControl
          size="xs"
          aria-label={words.view}
          data={VIEWS}
          value={view}
          onChange={switchTo}
          classNames={{ root: classes.views }}
        />
        {writing && <Toolbar textId={id} disabled={disabled} onCommand={run} />}
      </div>
      <div className={classes.area} hidden={!writing}>
        {area}
        <Suggestions
          id={listId}
          people={suggestions.people}
          active={suggestions.active}
          point={suggestions.point}
          onChoose={suggestions.choose}
          onPoint={suggestions.setActive}
        />
      </div>
      {!writing && (
        <div
          role="group"
          aria-label={words.preview}
          className={classes.preview}
          style={{ minHeight: height }}
        >
          {value.trim() === '' ? (
            <span className={classes.nothing}>{words.nothingToPreview}</span>
          ) : (
            <Markdown text={value} />
          )}
        </div>
      )}
    </div>
  )

  return (
    <div>
      <Textarea
        {...field}
        id={id}
        ref={text}
        autosize
        minRows={minRows}
        maxRows={MAX_ROWS}
        disabled={disabled}
        autoFocus={autoFocus}
        data-autofocus={autoFocus || undefined}
        value={value}
        inputContainer={frame}
        classNames={{ input: classes.input, wrapper: classes.inner }}
        onChange={(event) => {
          onChange(event.currentTarget.value)
          suggestions.look({ typed: true })
        }}
        onSelect={() => suggestions.look({ typed: false })}
        onKeyDown={onTextKey}
        onBlur={suggestions.close}
        aria-autocomplete="list"
        aria-controls={suggestions.opened ? listId : undefined}
        aria-activedescendant={suggestions.opened ? optionId(listId, suggestions.active) : undefined}
        // Escape closes the list first, and not the dialog around it.
        data-mantine-stop-propagation={suggestions.opened || undefined}
      />
      <Count
        text={value}
        most={maxLength}
        hint={suggestions.opened ? words.peopleFound(suggestions.people.length) : undefined}
      />
    </div>
  )
}
