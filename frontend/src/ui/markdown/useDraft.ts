import { useCallback, useEffect, useRef, useState } from 'react'
import { useMe } from '~/api/session'
import { merged, newKey, readDraft, writeDraft } from './draft'

const PAUSE_MS = 300

export interface Draft<T> {
  /** What the form starts with. */
  values: T
  /** Whether that is what was once begun here. */
  restored: boolean
  /** Call it with every change. */
  keep: (values: T) => void
  /** Call it when the form is sent or thrown away. */
  forget: () => void
  /**
   * The Idempotency-Key to send these values with. The same values keep it, also over a reload, so they create one
   * record; other values get another, because the server takes a key for one body only.
   */
  key: string
}

interface Loaded<T> {
  name: string
  values: T
  restored: boolean
}

const nameOf = (personId: number, key: string) => `asyncops.draft.${personId}.${key}`

function load<T extends object>(name: string, empty: T): Loaded<T> & { key: string } {
  const kept = readDraft(name)
  const values = kept === null ? empty : merged(empty, kept.values)
  const restored = JSON.stringify(values) !== JSON.stringify(empty)
  return { name, values, restored, key: restored && kept !== null ? kept.key : newKey() }
}

/** A form's values, kept in this browser for this person until they are sent. */
export function useDraft<T extends object>(key: string, empty: T): Draft<T> {
  const name = nameOf(useMe().id, key)
  const [draft, setDraft] = useState(() => load(name, empty))
  if (draft.name !== name) setDraft(load(name, empty))

  const last = useRef<{ name: string; text: string } | null>(null)
  const write = useRef<(() => void) | null>(null)
  const timer = useRef<number | undefined>(undefined)

  const flush = useCallback(() => {
    window.clearTimeout(timer.current)
    write.current?.()
    write.current = null
  }, [])

  useEffect(() => {
    window.addEventListener('pagehide', flush)
    return () => {
      window.removeEventListener('pagehide', flush)
      flush()
    }
  }, [flush, name])

  const keep = (values: T) => {
    const text = JSON.stringify(values)
    const before = last.current?.name === name ? last.current.text : JSON.stringify(draft.values)
    if (text === before) return
    last.current = { name, text }
    const next = newKey()
    setDraft((current) => ({ ...current, key: next }))
    const kept = text === JSON.stringify(empty) ? null : { key: next, values }
    write.current = () => writeDraft(name, kept)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(flush, PAUSE_MS)
  }

  const forget = () => {
    window.clearTimeout(timer.current)
    write.current = null
    last.current = { name, text: JSON.stringify(empty) }
    writeDraft(name, null)
    setDraft({ name, values: empty, restored: false, key: newKey() })
  }

  return { values: draft.values, restored: draft.restored, keep, forget, key: draft.key }
}
