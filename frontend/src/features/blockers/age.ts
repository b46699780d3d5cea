import { duration } from '~/ui/time'
import { words } from './words'

const DAY = 24 * 60 * 60_000
/** After this many days the bar is full. */
const FULL = 10

interface Aging {
  readonly created_at: string
  readonly resolved_at: string | null
}

export function ageOf(blocker: Aging, now = Date.now()) {
  const end = blocker.resolved_at === null ? now : Date.parse(blocker.resolved_at)
  const span = Math.max(end - Date.parse(blocker.created_at), 0)
  const days = span / DAY
  return {
    text: duration(span) || words.underAMinute,
    /** How much of the bar is filled, 0 to 1. */
    share: Math.min(days / FULL, 1),
    level: days < 3 ? 'young' : days < 7 ? 'old' : 'ancient',
  }
}
