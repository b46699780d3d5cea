/** A draft as it lies in the browser's storage, which may be full, switched off or hold anything. */
export interface Kept {
  readonly key: string
  readonly values: unknown
}

export function readDraft(name: string): Kept | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(name) ?? 'null')
    if (typeof stored !== 'object' || stored === null || !('key' in stored) || !('values' in stored))
      return null
    return typeof stored.key === 'string' ? { key: stored.key, values: stored.values } : null
  } catch {
    return null
  }
}

export function writeDraft(name: string, kept: Kept | null) {
  try {
    if (kept === null) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(kept))
  } catch {
    // It lives as long as the page does.
  }
}

/** The form's fields from the draft where it has them, of the kind that the form expects. */
export function merged<T extends object>(empty: T, values: unknown): T {
  if (typeof values !== 'object' || values === null) return empty
  const known = Object.entries(values).filter(
    ([field, value]) => field in empty && isAlike(empty[field as keyof T], value),
  )
  return { ...empty, ...(Object.fromEntries(known) as Partial<T>) }
}

/** A field that is empty as null may hold anything. */
const isAlike = (expected: unknown, value: unknown): boolean =>
  expected === null || value === null
    ? expected === null
    : typeof expected === typeof value && Array.isArray(expected) === Array.isArray(value)

/** A random UUID, also over plain HTTP, where browsers lack randomUUID. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
