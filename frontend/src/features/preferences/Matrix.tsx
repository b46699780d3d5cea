import { Checkbox, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import type { MatrixRow } from '~/api/generated'
import { Panel } from '~/ui/Panel'
import classes from './Matrix.module.css'
import { preferencesQuery, useChangePreferences } from './queries'
import { words } from './words'

const CHANNELS = ['inbox', 'email', 'chat'] as const

/** Rows are events, columns are channels; each click is saved. */
export function Matrix() {
  const { data: preferences } = useSuspenseQuery(preferencesQuery)
  return (
    <Panel title={words.what} flush>
      {preferences.chat_service === null && (
        <Text size="sm" c="dimmed" px="md" pb="sm">
          {words.noChat}
        </Text>
      )}
      <table className={classes.matrix}>
        <thead>
          <tr>
            <th scope="col" className={classes.event}>
              {words.event}
            </th>
            {CHANNELS.map((channel) => (
              <th key={channel} scope="col" className={classes.cell}>
                {words.channel[channel]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preferences.matrix.map((row) => (
            <EventRow key={row.event} row={row} />
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

function EventRow({ row }: { row: MatrixRow }) {
  const change = useChangePreferences()
  const reason = row.locked.length > 0 ? `locked-${row.event}` : undefined
  return (
    <tr>
      <th scope="row" className={classes.event}>
        {row.description}
        {reason !== undefined && (
          <span className={classes.note} id={reason}>
            {words.locked(CHANNELS.filter((channel) => row.locked.includes(channel)))}
          </span>
        )}
      </th>
      {CHANNELS.map((channel) => {
        const locked = row.locked.includes(channel)
        return (
          <td key={channel} className={classes.cell}>
            <Checkbox
              className={classes.box}
              aria-label={words.cell(row.description, channel)}
              aria-describedby={locked ? reason : undefined}
              checked={locked || row[channel]}
              disabled={locked}
              onChange={(event) =>
                change.mutate({ matrix: [{ event: row.event, [channel]: event.currentTarget.checked }] })
              }
            />
          </td>
        )
      })}
    </tr>
  )
}
