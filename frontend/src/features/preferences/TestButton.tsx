import { Button } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { say, sayFailure } from '~/ui/notify'
import { useSendTest } from './queries'
import { words } from './words'

/** A message to each of one's channels, quiet hours or not. */
export function TestButton() {
  const test = useSendTest()
  return (
    <Button
      variant="default"
      leftSection={<IconSend size={16} aria-hidden />}
      loading={test.isPending}
      onClick={() =>
        test.mutate(undefined, {
          onSuccess: (channels) => say(words.testSent(channels)),
          onError: sayFailure,
        })
      }
    >
      {words.test}
    </Button>
  )
}
