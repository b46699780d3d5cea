import { SegmentedControl, Skeleton } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { type ComponentType, lazy, Suspense, useState } from 'react'
import { trendsQuery } from '~/api/today'
import { Panel } from '~/ui/Panel'
import { Later, Loaded } from '~/ui/states'
import { chartsOf, type TrendChart } from './trends'
import classes from './Trends.module.css'
import { trendWords as words } from './words'

type Days = 14 | 30

/** Whoever can't load the charts (offline, or a new version is out) has the numbers in words. */
const Chart = lazy<ComponentType<{ chart: TrendChart }>>(() =>
  import('./Chart').catch(() => ({ default: () => null })),
)

export function TrendsPanel() {
  const [days, setDays] = useState<Days>(14)
  return (
    <Panel
      title={words.title}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={words.span}
          data={[14, 30].map((value) => ({ value: String(value), label: words.days(value) }))}
          value={String(days)}
          onChange={(value) => setDays(value === '30' ? 30 : 14)}
        />
      }
    >
      <div className={classes.box}>
        <Loaded
          resetKey={String(days)}
          fallback={
            <Later>
              <Skeleton height={440} />
            </Later>
          }
        >
          <Figures days={days} />
        </Loaded>
      </div>
    </Panel>
  )
}

function Figures({ days }: { days: Days }) {
  const { data: trend } = useSuspenseQuery(trendsQuery(days))
  return chartsOf(trend).map((chart) => (
    <figure key={chart.title} className={classes.figure}>
      <figcaption className={classes.caption}>
        <b>{chart.title}</b> {chart.sentence}
      </figcaption>
      <div className={classes.chart} aria-hidden>
        <Suspense fallback={null}>
          <Chart chart={chart} />
        </Suspense>
      </div>
      <Numbers chart={chart} />
    </figure>
  ))
}

/** The same for those who don't see the chart. */
const Numbers = ({ chart }: { chart: TrendChart }) => (
  <table className={classes.hidden}>
    <caption>{chart.title}</caption>
    <thead>
      <tr>
        <th scope="col">{words.day}</th>
        {chart.series.map(({ name, label }) => (
          <th key={name} scope="col">
            {label}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {chart.points.map((point) => (
        <tr key={point.date}>
          <th scope="row">{point.date}</th>
          {chart.series.map(({ name }) => (
            <td key={name}>{point[name] ?? words.none}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
)
