import { isStatus, sentence } from '~/api/errors'
import { fieldErrors } from '~/ui/forms'
import { words } from './words'

/** `in 40 seconds`, `in 3 minutes`: rounded up, so that the try then counts. */
export function waitInWords(seconds: number | undefined): string {
  if (seconds === undefined || seconds <= 0) return words.later
  if (seconds < 60) return words.seconds(Math.ceil(seconds))
  if (seconds < 3600) return words.minutes(Math.ceil(seconds / 60))
  return words.hours(Math.ceil(seconds / 3600))
}

/** What is wrong, by field; a refusal that concerns the account or the pace as a sentence under `_`. */
export function refusal(error: unknown, fields: readonly string[]): Record<string, string> {
  if (isStatus(error, 429)) return { _: words.tooMany(waitInWords(error.retryAfter)) }
  if (isStatus(error, 409) && fields.includes('email')) return { email: ended(sentence(error)) }
  return fieldErrors(error, fields)
}

const ended = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)

/** The same for signing in, where 403 means that the account was deactivated. */
export const signInRefusal = (error: unknown, fields: readonly string[]): Record<string, string> =>
  isStatus(error, 403)
    ? { _: words.inactive }
    : isStatus(error, 401)
      ? { _: ended(sentence(error)) }
      : refusal(error, fields)
