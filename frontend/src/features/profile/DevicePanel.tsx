import {
  Input,
  type MantineColorScheme,
  SegmentedControl,
  Stack,
  Switch,
  useMantineColorScheme,
} from '@mantine/core'
import { useState } from 'react'
import { shortcutsAreOn, switchShortcuts } from '~/ui/keys'
import { Panel } from '~/ui/Panel'
import { words } from './words'

const SCHEMES = ['light', 'dark', 'auto'] as const satisfies readonly MantineColorScheme[]

/** What this browser keeps, whoever is signed in. */
export function DevicePanel() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [shortcuts, setShortcuts] = useState(shortcutsAreOn)
  return (
    <Panel title={words.here}>
      <Stack gap="md" align="flex-start">
        <div>
          <Input.Label id="theme-label" component="div" display="block" mb={4}>
            {words.theme}
          </Input.Label>
          <SegmentedControl
            aria-labelledby="theme-label"
            data={SCHEMES.map((value) => ({ value, label: words[value] }))}
            value={colorScheme}
            onChange={setColorScheme}
          />
        </div>
        <Switch
          label={words.shortcuts}
          // Else the name would be the description too.
          aria-label={words.shortcuts}
          description={words.shortcutsHint}
          checked={shortcuts}
          onChange={(event) => {
            switchShortcuts(event.currentTarget.checked)
            setShortcuts(event.currentTarget.checked)
          }}
        />
      </Stack>
    </Panel>
  )
}
