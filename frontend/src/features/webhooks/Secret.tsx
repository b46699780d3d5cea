import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core'
import { copyText } from '~/ui/copy'
import { words } from './words'

/** Only the button closes it: what is shown here can't be shown again. */
export const Secret = ({ secret, note, onDone }: { secret: string; note?: string; onDone: () => void }) => (
  <Modal
    opened
    onClose={onDone}
    title={words.secretTitle}
    closeOnClickOutside={false}
    closeOnEscape={false}
    withCloseButton={false}
  >
    <Stack>
      <Text>{words.secretText}</Text>
      {note !== undefined && <Text>{note}</Text>}
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {secret}
      </Code>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => void copyText(secret, words.secretCopied)}>
          {words.copySecret}
        </Button>
        <Button onClick={onDone}>{words.done}</Button>
      </Group>
    </Stack>
  </Modal>
)
