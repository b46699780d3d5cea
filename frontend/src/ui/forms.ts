import { ApiError, sentence } from '~/api/errors'

/** A refusal's messages by field, for `form.setErrors`: `tags.0` belongs to `tags`. What has no field stands under `_`. */
export function fieldErrors(error: unknown, fields: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  if (error instanceof ApiError && Object.keys(error.errors).length > 0)
    for (const [path, messages] of Object.entries(error.errors)) {
      const field = path.split('.')[0] ?? path
      const target = fields.includes(field) ? field : '_'
      found[target] = [found[target], ...messages].filter(Boolean).join(' ')
    }
  else found['_'] = sentence(error)
  return found
}

/** The fields whose values differ, for a PATCH that changes only what was changed. */
export function changedFields<V extends object>(before: V, after: V): Partial<V> {
  const changed: Partial<V> = {}
  for (const key of Object.keys(after) as (keyof V)[])
    if (!same(before[key], after[key])) changed[key] = after[key]
  return changed
}

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
