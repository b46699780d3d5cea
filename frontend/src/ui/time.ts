import dayjs from 'dayjs'
import utc from 'dayjs/plugin/utc'

dayjs.extend(utc)

const MINUTE = 60_000
const STEPS = [
  { unit: 'day', length: 24 * 60 * MINUTE },
  { unit: 'hour', length: 60 * MINUTE },
  { unit: 'minute', length: MINUTE },
] as const

const short = { day: 'd', hour: 'h', minute: 'min' }

/** `3 h ago`, `in 2 d`, `now`. Older than 30 days: the date. */
export function relative(moment: string, now = Date.now()): string {
  const distance = now - Date.parse(moment)
  if (Math.abs(distance) > 30 * 24 * 60 * MINUTE) return dayjs(moment).format('D MMM YYYY')
  const span = duration(Math.abs(distance))
  if (span === '') return 'now'
  return distance >= 0 ? `${span} ago` : `in ${span}`
}

/** A span in its largest unit: `3 d`, `5 h`, `12 min`; under a minute nothing. */
export function duration(milliseconds: number): string {
  const step = STEPS.find(({ length }) => milliseconds >= length)
  return step === undefined ? '' : `${String(Math.floor(milliseconds / step.length))} ${short[step.unit]}`
}

export const hours = (count: number): string => duration(count * 60 * MINUTE) || 'under a minute'

/** In the reader's zone: `Tue 24 Nov 2026, 14:02`. */
export const exact = (moment: string): string => dayjs(moment).format('ddd D MMM YYYY, HH:mm')
export const exactUtc = (moment: string): string => dayjs.utc(moment).format('YYYY-MM-DD HH:mm:ss')
export const clock = (moment: string): string => dayjs(moment).format('HH:mm')
export const day = (date: string): string => dayjs(date).format('ddd D MMM YYYY')
export const dayShort = (date: string): string => dayjs(date).format('D MMM')
export const weekday = (date: string): string => dayjs(date).format('ddd')
/** The calendar day of a moment, for grouping. */
export const dayOf = (moment: string): string => dayjs(moment).format('YYYY-MM-DD')

export function dayInWords(date: string, now = dayjs()): string {
  if (date === now.format('YYYY-MM-DD')) return 'Today'
  if (date === now.subtract(1, 'day').format('YYYY-MM-DD')) return 'Yesterday'
  return dayjs(date).format(dayjs(date).year() === now.year() ? 'dddd, D MMMM' : 'dddd, D MMMM YYYY')
}
