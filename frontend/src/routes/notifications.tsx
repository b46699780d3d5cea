import { Stack } from '@mantine/core'
import { ChatTarget } from '~/features/preferences/ChatTarget'
import { Matrix } from '~/features/preferences/Matrix'
import { TestButton } from '~/features/preferences/TestButton'
import { Timing } from '~/features/preferences/Timing'
import { words } from '~/features/preferences/words'
import { Page as Frame } from '~/ui/Page'
import { Loaded, RowsSkeleton } from '~/ui/states'

export function Page() {
  return (
    <Frame title={words.title} narrow actions={<TestButton />}>
      <Loaded fallback={<RowsSkeleton rows={10} />}>
        <Stack gap="md">
          <Matrix />
          <Timing />
          <ChatTarget />
        </Stack>
      </Loaded>
    </Frame>
  )
}
