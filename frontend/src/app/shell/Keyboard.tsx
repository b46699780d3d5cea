import { Kbd, Modal, Stack, Table, Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { shortcutsAreOn, useKeys } from '~/ui/keys'
import { closeHelp, openHelp, useHelpIsOpen } from './help-store'
import { inbox, items } from './items'
import { openPalette } from './palette-store'
import { keyboardWords as words } from './keyboard-words'

const GO_WITHIN = 1_500

/** `g` and a letter go to a page, `?` shows all keys, Ctrl-K opens the palette. */
export function Keyboard() {
  const navigate = useNavigate()
  const going = useRef(0)
  const targets = Object.fromEntries([...items, inbox].map((item) => [item.key, item.to]))

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openPalette()
      }
    }
    // The second letter comes before any page's own single keys.
    const onSecond = (event: KeyboardEvent) => {
      if (Date.now() - going.current > GO_WITHIN) return
      going.current = 0
      const to = targets[event.key]
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      void navigate(to)
    }
    window.addEventListener('keydown', onKey)
    window.addEventListener('keydown', onSecond, true)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('keydown', onSecond, true)
    }
  })

  useKeys({ g: () => (going.current = Date.now()), '?': openHelp })
  return <Help />
}

function Help() {
  const opened = useHelpIsOpen()
  const go = [...items, inbox].map((item): [string, string] => [`g ${item.key}`, item.text])
  return (
    <Modal opened={opened} onClose={closeHelp} title={words.title}>
      <Stack>
        {!shortcutsAreOn() && <Text>{words.off}</Text>}
        <Keys caption={words.go} rows={go} />
        <Keys caption={words.here} rows={words.keys} />
        <Text size="sm" c="dimmed">
          {words.typing}
        </Text>
      </Stack>
    </Modal>
  )
}

const Keys = ({ caption, rows }: { caption: string; rows: [string, string][] }) => (
  <Table captionSide="top" verticalSpacing={4}>
    <Table.Caption ta="left">{caption}</Table.Caption>
    <Table.Tbody>
      {rows.map(([keys, text]) => (
        <Table.Tr key={keys}>
          <Table.Th scope="row" w={120} fw={400}>
            {keys.split(' ').map((key) => (
              <Kbd key={key} mr={4}>
                {key}
              </Kbd>
            ))}
          </Table.Th>
          <Table.Td>{text}</Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
)
