import { Stack } from '@mantine/core'
import { DevicePanel } from '~/features/profile/DevicePanel'
import { ProfilePanel } from '~/features/profile/ProfileForm'
import { words } from '~/features/profile/words'
import { ChangePassword } from '~/features/session/ChangePassword'
import { Page as Frame } from '~/ui/Page'

export function Page() {
  return (
    <Frame title={words.title} narrow>
      <Stack gap="md">
        <ProfilePanel />
        <ChangePassword />
        <DevicePanel />
      </Stack>
    </Frame>
  )
}
