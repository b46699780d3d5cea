import type { TrendDay } from '~/api/generated'
import { dayShort, hours } from '~/ui/time'
import { trendWords as words } from './words'

export interface Series {
  /** A key of the points. */
  name: string
  label: string
  color: string
  /** Told from the others without colour. */
  dashed?: boolean
}

export interface TrendChart {
  title: string
  sentence: string
  kind: 'bars' | 'lines'
  series: Series[]
  points: ({ date: string } & Record<string, string | number | null>)[]
}

const ACCENT = 'accent.5'

/** What was measured per day as three charts, each with its sum in words. */
export function chartsOf(trend: readonly TrendDay[]): TrendChart[] {
  const sum = (of: (day: TrendDay) => number) => trend.reduce((total, day) => total + of(day), 0)
  const age = trend.at(-1)?.median_blocker_age_hours ?? null
  return [
    {
      title: words.updates,
      sentence: words.updatesSum(
        sum((day) => day.status_updates),
        trend.length,
      ),
      kind: 'bars',
      series: [{ name: 'updates', label: words.updates, color: ACCENT }],
      points: trend.map((day) => ({ date: dayShort(day.date), updates: day.status_updates })),
    },
    {
      title: words.incidents,
      sentence: words.incidentsSum(
        sum((day) => day.incidents_opened),
        sum((day) => day.incidents_resolved),
      ),
      kind: 'lines',
      series: [
        { name: 'opened', label: words.opened, color: 'orange.7' },
        { name: 'resolved', label: words.resolved, color: 'teal.6', dashed: true },
      ],
      points: trend.map((day) => ({
        date: dayShort(day.date),
        opened: day.incidents_opened,
        resolved: day.incidents_resolved,
      })),
    },
    {
      title: words.age,
      sentence: age === null ? words.noAge : words.ageSum(hours(age)),
      kind: 'lines',
      series: [{ name: 'age', label: words.inDays, color: ACCENT }],
      points: trend.map((day) => ({
        date: dayShort(day.date),
        age:
          day.median_blocker_age_hours === null
            ? null
            : Math.round((day.median_blocker_age_hours / 24) * 10) / 10,
      })),
    },
  ]
}
