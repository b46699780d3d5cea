import { Anchor, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { sentence } from '~/api/errors'
import { words } from './words'

const UNDO_FOR = 8_000

/** `undo` stands for eight seconds. */
export function say(message: string, undo?: () => void) {
  const id = notifications.show({
    autoClose: undo ? UNDO_FOR : 4_000,
    closeButtonProps: { 'aria-label': 'Close' },
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        {undo && (
          <Anchor
            component="button"
            type="button"
            underline="always"
            onClick={() => {
              notifications.hide(id)
              undo()
            }}
          >
            {words.undo}
          </Anchor>
        )}
      </Group>
    ),
  })
}

export function sayFailure(error: unknown) {
  notifications.show({
    color: 'red',
    title: words.failed,
    message: sentence(error),
    autoClose: 10_000,
    role: 'alert',
    closeButtonProps: { 'aria-label': 'Close' },
  })
}
