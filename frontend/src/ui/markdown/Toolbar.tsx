import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconBlockquote,
  IconBold,
  IconCode,
  IconItalic,
  IconLink,
  IconList,
  IconListCheck,
  type TablerIcon,
} from '@tabler/icons-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import classes from './Editor.module.css'
import { type Command, commands } from './edits'
import { words } from './words'

interface Tool {
  name: string
  Icon: TablerIcon
  command: Command
  /** With Ctrl or Cmd. */
  letter?: string
}

const TOOLS: readonly Tool[] = [
  { name: words.bold, Icon: IconBold, command: commands.bold, letter: 'b' },
  { name: words.italic, Icon: IconItalic, command: commands.italic, letter: 'i' },
  { name: words.link, Icon: IconLink, command: commands.link },
  { name: words.inlineCode, Icon: IconCode, command: commands.code },
  { name: words.list, Icon: IconList, command: commands.list },
  { name: words.tasks, Icon: IconListCheck, command: commands.tasks },
  { name: words.quote, Icon: IconBlockquote, command: commands.quote },
]

const isMac = () => /mac|iphone|ipad/i.test(navigator.userAgent)

export const toolFor = (letter: string) => TOOLS.find((tool) => tool.letter === letter.toLowerCase())

function tip({ name, letter }: Tool): string {
  if (letter === undefined) return name
  return words.withShortcut(name, (isMac() ? '⌘' : 'Ctrl+') + letter.toUpperCase())
}

interface Props {
  textId: string
  disabled: boolean | undefined
  onCommand: (command: Command) => void
}

/** One stop for Tab; the arrow keys go from button to button. */
export function Toolbar({ textId, disabled, onCommand }: Props) {
  const [current, setCurrent] = useState(0)
  const bar = useRef<HTMLDivElement>(null)

  const move = (event: KeyboardEvent) => {
    const last = TOOLS.length - 1
    const next = {
      ArrowRight: current === last ? 0 : current + 1,
      ArrowLeft: current === 0 ? last : current - 1,
      Home: 0,
      End: last,
    }[event.key]
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    bar.current?.querySelectorAll('button')[next]?.focus()
  }

  return (
    <div
      ref={bar}
      role="toolbar"
      aria-label={words.toolbar}
      aria-controls={textId}
      className={classes.tools}
      onKeyDown={move}
    >
      {TOOLS.map((tool, index) => (
        <Tooltip key={tool.name} label={tip(tool)}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            aria-label={tool.name}
            aria-keyshortcuts={tool.letter && `${isMac() ? 'Meta' : 'Control'}+${tool.letter.toUpperCase()}`}
            tabIndex={index === current ? 0 : -1}
            disabled={disabled}
            onFocus={() => setCurrent(index)}
            onMouseDown={(event) => event.preventDefault()} // the selection stays
            onClick={() => onCommand(tool.command)}
          >
            <tool.Icon size={16} stroke={1.75} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  )
}
