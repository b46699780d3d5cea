import { useState } from 'react'
import { isStatus } from '~/api/errors'
import { changedFields, same } from './forms'

interface Options<R extends { etag: string }, V extends object> {
  record: R
  valuesOf: (record: R) => V
  /** PATCH with If-Match. */
  send: (record: R, changes: Partial<V>) => Promise<unknown>
  /** The record as it is now. */
  reload: () => Promise<R>
  onSaved: () => void
  onError: (error: unknown) => void
}

export interface Conflict<V> {
  base: V
  mine: V
  theirs: V
}

/** Saving what was changed since the form opened. Someone else's change meanwhile (412) becomes a `conflict` to decide. */
export function useVersionedSave<R extends { etag: string }, V extends object>(options: Options<R, V>) {
  // What one began with stays, also when the page shows something newer by now.
  const [base, setBase] = useState(options.record)
  const [conflict, setConflict] = useState<Conflict<V> | null>(null)
  const [saving, setSaving] = useState(false)

  async function attempt(against: R, values: V) {
    const before = options.valuesOf(against)
    if (same(before, values)) {
      options.onSaved()
      return
    }
    setSaving(true)
    try {
      await options.send(against, changedFields(before, values))
      setConflict(null)
      options.onSaved()
    } catch (error) {
      if (isStatus(error, 412)) await compare(values)
      else options.onError(error)
    } finally {
      setSaving(false)
    }
  }

  async function compare(mine: V) {
    try {
      const now = await options.reload()
      setConflict({ base: options.valuesOf(base), mine, theirs: options.valuesOf(now) })
      setBase(now)
    } catch (error) {
      options.onError(error)
    }
  }

  return {
    initial: options.valuesOf(base),
    save: (values: V) => attempt(base, values),
    saving,
    conflict,
    dismiss: () => setConflict(null),
  }
}
