/** The server's rules for passwords, told while one types. The server decides. */
import { words } from './words'

const MIN_CHARACTERS = 8
const MAX_BYTES = 72

/** Why the server would refuse it, or null. Without the e-mail (a reset link) that rule is the server's alone. */
export function passwordProblem(password: string, email = ''): string | null {
  const characters = Array.from(password).length
  if (characters < MIN_CHARACTERS) return words.tooShort(MIN_CHARACTERS - characters)
  if (new TextEncoder().encode(password).length > MAX_BYTES) return words.tooLong
  if (!/\p{L}/u.test(password)) return words.noLetter
  if (!/\p{Nd}/u.test(password)) return words.noDigit
  if (email !== '' && password.toLowerCase() === email.trim().toLowerCase()) return words.isEmail
  return null
}

/** How hard an allowed password is to guess, by length and variety. */
export function strengthOf(password: string): keyof typeof words.strength {
  const characters = Array.from(password)
  const different = new Set(characters.map((character) => character.toLowerCase())).size
  if (different < 6 || /^\p{L}{1,8}\d{1,4}[!?.]?$/u.test(password)) return 'weak'
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((kind) => kind.test(password))
  return characters.length >= 14 || (characters.length >= 11 && kinds.length >= 3) ? 'strong' : 'fair'
}

/** One sentence about what is typed so far; the rules while nothing is. */
export function passwordInWords(password: string, email = ''): string {
  if (password === '') return words.rules
  return passwordProblem(password, email) ?? words.strength[strengthOf(password)]
}
