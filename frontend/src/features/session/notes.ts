import { words } from './words'

/** What the sign-in page says to somebody who comes from another page; it travels in the history entry's state. */
const NOTES = { reset: words.resetDone, registered: words.registered, left: words.left }

export const withNote = (note: keyof typeof NOTES) => ({ state: { note } })

export function noteOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('note' in state)) return undefined
  return Object.entries(NOTES).find(([name]) => name === state.note)?.[1]
}

/** The token behind the `#` of a link in a mail, where no server and no log sees it. */
export const tokenIn = (hash: string): string | undefined =>
  new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? undefined
