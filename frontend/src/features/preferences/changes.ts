import type { MatrixRowIn, Preferences, PreferencesIn } from '~/api/generated'

/** The preferences with a change in them, as the server will answer. Of a chat target only its end is known beforehand. */
export function changed(before: Preferences, change: PreferencesIn): Preferences {
  const { matrix = [], chat_url, ...others } = change
  return {
    ...before,
    ...others,
    matrix: before.matrix.map((row) => ({ ...row, ...matrix.find(({ event }) => event === row.event) })),
    chat_service: chat_url === null ? null : before.chat_service,
  }
}

/** What takes a change back, and leaves what was changed beside it. */
export function takenBack(before: Preferences, change: PreferencesIn): (now: Preferences) => Preferences {
  const { matrix = [], quiet_hours, email_mode, digest_time, chat_url } = change
  const undo: PreferencesIn = {
    matrix: matrix.map((cells) => cellsBefore(before, cells)),
    ...(quiet_hours !== undefined && { quiet_hours: before.quiet_hours }),
    ...(email_mode !== undefined && { email_mode: before.email_mode }),
    ...(digest_time !== undefined && { digest_time: before.digest_time }),
  }
  return (now) => ({
    ...changed(now, undo),
    chat_service: chat_url === undefined ? now.chat_service : before.chat_service,
  })
}

function cellsBefore(before: Preferences, { event, inbox, email, chat }: MatrixRowIn): MatrixRowIn {
  const row = before.matrix.find((one) => one.event === event)
  return {
    event,
    ...(inbox !== undefined && { inbox: row?.inbox ?? inbox }),
    ...(email !== undefined && { email: row?.email ?? email }),
    ...(chat !== undefined && { chat: row?.chat ?? chat }),
  }
}
