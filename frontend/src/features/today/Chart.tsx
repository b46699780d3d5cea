import '@mantine/charts/styles.layer.css'
import { BarChart, LineChart } from '@mantine/charts'
import type { TrendChart } from './trends'

/** A chunk of its own: the charts' library is larger than the rest of the page. */
export default function Chart({ chart: { kind, series, points } }: { chart: TrendChart }) {
  const common = {
    h: 110,
    data: points,
    dataKey: 'date',
    textColor: 'var(--muted)',
    gridColor: 'var(--line)',
    // It would make the drawing a stop for the keyboard; the table beside it says the same.
    accessibilityLayer: false,
    xAxisProps: { minTickGap: 24, tickMargin: 6, height: 24 },
    yAxisProps: { width: 28, allowDecimals: false, tickCount: 3 },
  }
  const room = { margin: { top: 8 } }
  if (kind === 'bars') return <BarChart {...common} series={series} maxBarWidth={14} barChartProps={room} />
  return (
    <LineChart
      {...common}
      series={series.map(({ name, label, color, dashed }) => ({
        name,
        label,
        color,
        ...(dashed === true ? { strokeDasharray: '4 3' } : {}),
      }))}
      lineChartProps={room}
      curveType="linear"
      withDots={false}
      connectNulls={false}
      withLegend={series.length > 1}
      legendProps={{ verticalAlign: 'top', height: 28 }}
    />
  )
}
