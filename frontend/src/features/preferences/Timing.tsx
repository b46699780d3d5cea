import { Anchor, Group, Radio, Stack, Switch, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { Panel } from '~/ui/Panel'
import { paths } from '~/ui/paths'
import { preferencesQuery, useChangePreferences } from './queries'
import { TimeField } from './TimeField'
import { words } from './words'

const NIGHT = { start: '22:00', end: '07:00' }

/** Quiet hours and the daily mail, by the clock of one's profile. */
export function Timing() {
  const { data: preferences } = useSuspenseQuery(preferencesQuery)
  const { mutate: change } = useChangePreferences()
  const { quiet_hours: quiet, email_mode: mode } = preferences
  const differs = (other: string) => (time: string) => (time === other ? words.sameTimes : null)
  return (
    <Panel title={words.when}>
      <Stack gap="md">
        <Switch
          label={words.quiet}
          // Else the name would be the description too.
          aria-label={words.quiet}
          description={words.quietHint}
          checked={quiet !== null}
          onChange={(event) => change({ quiet_hours: event.currentTarget.checked ? NIGHT : null })}
        />
        {quiet !== null && (
          <Group align="flex-start" gap="sm" role="group" aria-label={words.quiet}>
            <TimeField
              label={words.start}
              value={quiet.start}
              check={differs(quiet.end)}
              onSave={(start) => change({ quiet_hours: { ...quiet, start } })}
            />
            <TimeField
              label={words.end}
              value={quiet.end}
              check={differs(quiet.start)}
              onSave={(end) => change({ quiet_hours: { ...quiet, end } })}
            />
          </Group>
        )}
        <Radio.Group
          label={words.mail}
          value={mode}
          onChange={(value) => change({ email_mode: value === 'daily' ? 'daily' : 'immediate' })}
        >
          <Group mt={6}>
            <Radio value="immediate" label={words.mode.immediate} />
            <Radio value="daily" label={words.mode.daily} />
          </Group>
        </Radio.Group>
        {mode === 'daily' && (
          <div>
            <TimeField
              label={words.digest}
              value={preferences.digest_time}
              onSave={(digest_time) => change({ digest_time })}
            />
            <Text size="xs" c="dimmed" mt={4}>
              {words.digestHint}
            </Text>
          </div>
        )}
        {(quiet !== null || mode === 'daily') && (
          <Text size="sm" c="dimmed">
            {words.zone(preferences.timezone)}{' '}
            <Anchor component={Link} to={paths.profile} underline="always" inherit>
              {words.changeZone}
            </Anchor>
          </Text>
        )}
      </Stack>
    </Panel>
  )
}
