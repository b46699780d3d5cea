import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, type RefObject, useState } from 'react'
import { peopleQuery } from '~/api/people'
import type { UserToPick } from '~/api/generated'
import { caretPoint } from './caret'
import { apply } from './edits'

const MOST = 6
/** The same start as a mention has, up to the caret. */
const BEGUN = /(?<![\p{L}\p{N}_.@/+-])@([\p{L}\p{N}._+-]*)$/u

interface Begun {
  readonly start: number
  readonly query: string
  readonly point: { left: number; top: number }
}

/** An @ in code mentions nobody. */
const isInCode = (before: string) =>
  before.split('```').length % 2 === 0 || (before.split('\n').at(-1) ?? '').split('`').length % 2 === 0

function begunAt(field: HTMLTextAreaElement): { start: number; query: string } | null {
  if (field.selectionStart !== field.selectionEnd) return null
  const before = field.value.slice(0, field.selectionStart)
  const found = BEGUN.exec(before)
  return found === null || isInCode(before)
    ? null
    : { start: found.index, query: (found[1] ?? '').toLowerCase() }
}

function matching(people: readonly UserToPick[], query: string): UserToPick[] {
  const begins = (person: UserToPick) =>
    [person.mention.slice(1), ...person.full_name.split(/\s+/)].some((part) =>
      part.toLowerCase().startsWith(query),
    )
  const has = (person: UserToPick) => `${person.mention} ${person.full_name}`.toLowerCase().includes(query)
  return [...people.filter(begins), ...people.filter((person) => !begins(person) && has(person))].slice(
    0,
    MOST,
  )
}

/** Who may be meant by the @ before the caret, and the keys that choose. */
export function useSuggestions(field: RefObject<HTMLTextAreaElement | null>) {
  const [begun, setBegun] = useState<Begun | null>(null)
  const [active, setActive] = useState(0)
  /** The @ for which the list was closed: it stays closed. */
  const [closedAt, setClosedAt] = useState<number | null>(null)
  const { data } = useQuery({ ...peopleQuery, enabled: begun !== null, throwOnError: false })
  const people = begun === null ? [] : matching(data ?? [], begun.query)
  const opened = people.length > 0

  const look = ({ typed }: { typed: boolean }) => {
    if (field.current === null || (!typed && begun === null)) return
    const found = begunAt(field.current)
    if (found === null) setClosedAt(null)
    const shown = found !== null && found.start !== closedAt
    if (shown && begun?.start === found.start && begun.query === found.query) return
    setBegun(shown ? { ...found, point: caretPoint(field.current, found.start) } : null)
    setActive(0)
  }

  const close = () => setBegun(null)

  const choose = (person: UserToPick) => {
    if (field.current === null || begun === null) return
    const insert = `${person.mention} `
    const caret = begun.start + insert.length
    apply(field.current, {
      start: begun.start,
      end: field.current.selectionEnd,
      insert,
      from: caret,
      to: caret,
    })
    close()
  }

  /** Whether the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    const person = people[active]
    if (person === undefined || event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === 'ArrowDown') setActive((active + 1) % people.length)
    else if (event.key === 'ArrowUp') setActive((active + people.length - 1) % people.length)
    else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) choose(person)
    else if (event.key === 'Escape') {
      setClosedAt(begun?.start ?? null)
      close()
    } else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  return { people, opened, active, point: begun?.point, look, close, choose, onKey, setActive }
}
