import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { words } from './words'

interface Props {
  opened: boolean
  onClose: () => void
  onConfirm: () => void
  pending: boolean
  text?: string
}

/** Asks once. */
export const ConfirmDelete = ({ opened, onClose, onConfirm, pending, text = words.deleteText }: Props) => (
  <Modal opened={opened} onClose={onClose} title={words.deleteAsk}>
    <Stack>
      <Text>{text}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {words.cancel}
        </Button>
        <Button color="red.9" loading={pending} onClick={onConfirm}>
          {words.remove}
        </Button>
      </Group>
    </Stack>
  </Modal>
)
