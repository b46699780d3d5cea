/** What the toolbar does to a text, as one replacement, so that one undo takes it back. */
import { words } from './words'

export interface Selected {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Put `insert` in place of start..end, then select from..to. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly insert: string
  readonly from: number
  readonly to: number
}

export type Command = (selected: Selected) => Edit

/** Markers around the selection, or away again where they stand. The blanks at its ends stay outside: `** a**` is not bold. */
function around(marker: string, placeholder: string): Command {
  const size = marker.length
  return ({ text, ...selected }) => {
    const chosen = text.slice(selected.start, selected.end)
    const start = selected.start + (chosen.length - chosen.trimStart().length)
    const inner = chosen.trim()
    const end = start + inner.length
    if (isMarked(text, start, end, marker))
      return { start: start - size, end: end + size, insert: inner, from: start - size, to: end - size }
    const filled = inner === '' ? placeholder : inner
    const insert = marker + filled + marker
    return { start, end, insert, from: start + size, to: start + size + filled.length }
  }
}

/** Whether exactly this marker stands there: one * of a ** is no italic. */
function isMarked(text: string, start: number, end: number, marker: string): boolean {
  const size = marker.length
  const sign = marker.charAt(0)
  return (
    start < end &&
    text.slice(0, start).endsWith(marker) &&
    text.startsWith(marker, end) &&
    !(text[start - size - 1] === sign && text[end + size] === sign)
  )
}

/** A prefix on each line that the selection touches, or away again when all have it. */
function eachLine(prefix: string): Command {
  return ({ text, ...selected }) => {
    const start = text.lastIndexOf('\n', selected.start - 1) + 1
    const next = text.indexOf('\n', Math.max(selected.start, selected.end))
    const end = next === -1 ? text.length : next
    const lines = text.slice(start, end).split('\n')
    const all = lines.every((line) => line.startsWith(prefix))
    const insert = lines.map((line) => (all ? line.slice(prefix.length) : prefix + line)).join('\n')
    const to = start + insert.length
    return { start, end, insert, from: selected.start === selected.end ? to : start, to }
  }
}

const inline = around('`', words.codeText)

const code: Command = (selected) => {
  const { text, start, end } = selected
  const chosen = text.slice(start, end)
  if (!chosen.includes('\n')) return inline(selected)
  const before = start === 0 || text[start - 1] === '\n' ? '```\n' : '\n```\n'
  const after = chosen.endsWith('\n') ? '```' : '\n```'
  const tail = end === text.length || text[end] === '\n' ? '' : '\n'
  const from = start + before.length
  return { start, end, insert: before + chosen + after + tail, from, to: from + chosen.length }
}

const link: Command = ({ text, start, end }) => {
  const chosen = text.slice(start, end)
  const isAddress = /^https?:\/\/\S+$/.test(chosen)
  const label = isAddress || chosen === '' ? words.linkText : chosen
  const target = isAddress ? chosen : words.linkTarget
  // What is still to be written is selected.
  const from = chosen === '' || isAddress ? start + 1 : start + label.length + 3
  return {
    start,
    end,
    insert: `[${label}](${target})`,
    from,
    to: from + (chosen === '' || isAddress ? label : target).length,
  }
}

export const commands = {
  bold: around('**', words.boldText),
  italic: around('*', words.italicText),
  link,
  code,
  list: eachLine('- '),
  tasks: eachLine('- [ ] '),
  quote: eachLine('> '),
} as const satisfies Record<string, Command>

/** Does it in the field itself, so that the browser's undo knows of it. */
export function apply(field: HTMLTextAreaElement, { start, end, insert, from, to }: Edit) {
  field.focus()
  field.setSelectionRange(start, end)
  if (!typed(insert)) {
    field.setRangeText(insert, start, end, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }))
  }
  field.setSelectionRange(from, to)
}

function typed(text: string): boolean {
  // Deprecated without a successor: nothing else writes into the undo history. Not every browser has it.
  const execute = (document as { execCommand?: (name: string, ui: boolean, value: string) => boolean })
    .execCommand
  return execute?.call(document, text === '' ? 'delete' : 'insertText', false, text) ?? false
}

export const runCommand = (field: HTMLTextAreaElement, command: Command) =>
  apply(field, command({ text: field.value, start: field.selectionStart, end: field.selectionEnd }))
