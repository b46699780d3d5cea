/** What is a mention: the server's rule (modules/notifications/mentions.py), so that what is shown is who is told. */
const HANDLE = /(?<![\p{L}\p{N}_.@/+-])@([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?:@[A-Za-z0-9.-]{1,190})?)/gu
const BREAK = /[^a-z0-9]+/g

interface Mentionable {
  readonly full_name: string
  readonly email: string
  readonly mention: string
}

/** Names by handle, in lower case and without the @. The whole address always works. */
export type Handles = ReadonlyMap<string, string>

export function handlesOf(people: readonly Mentionable[]): Handles {
  return new Map(
    people.flatMap(({ full_name, email, mention }) => [
      [email.toLowerCase(), full_name],
      [mention.slice(1).toLowerCase(), full_name],
    ]),
  )
}

/** The handle as written, and shorter where a sentence's punctuation may follow it: `max.` is also `max`. */
function readings(written: string): string[] {
  const handle = written.toLowerCase()
  const cuts = [...handle.matchAll(BREAK)].map((found) => found.index).filter((at) => at > 0)
  return [handle, ...cuts.reverse().map((at) => handle.slice(0, at))]
}

export interface Piece {
  readonly text: string
  /** Whom it mentions; absent for ordinary text. */
  readonly name?: string
}

/** The text cut where people are mentioned: for each @, the longest handle that somebody has. */
export function splitMentions(text: string, handles: Handles): Piece[] {
  const pieces: Piece[] = []
  let done = 0
  for (const found of text.matchAll(HANDLE)) {
    const handle = readings(found[1] ?? '').find((reading) => handles.has(reading))
    if (handle === undefined) continue
    const end = found.index + 1 + handle.length
    if (found.index > done) pieces.push({ text: text.slice(done, found.index) })
    pieces.push({ text: text.slice(found.index, end), name: handles.get(handle) })
    done = end
  }
  if (done < text.length) pieces.push({ text: text.slice(done) })
  return pieces
}
