import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import {
  IconActivity,
  IconBell,
  IconBook2,
  IconKeyboard,
  IconLogout,
  IconStack2,
  IconUser,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react'
import { Link } from 'react-router'
import { useIsAdmin, useSignOut } from '~/api/session'
import { withNote } from '~/features/session/notes'
import { useLeave } from '~/ui/leave'
import { sayFailure } from '~/ui/notify'
import { paths } from '~/ui/paths'
import { openHelp } from './help-store'
import { words } from './words'

const THEMES: { scheme: MantineColorScheme; text: string }[] = [
  { scheme: 'light', text: words.light },
  { scheme: 'dark', text: words.dark },
  { scheme: 'auto', text: words.auto },
]

/** Everything about oneself, and for administrators the administration. */
export function AccountItems() {
  const isAdmin = useIsAdmin()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = useLeave()
  const signOut = useSignOut({ leave: () => leave('/sign-in', withNote('left')), onError: sayFailure })
  const icon = { size: 16, 'aria-hidden': true }
  return (
    <>
      <Menu.Item component={Link} to={paths.profile} leftSection={<IconUser {...icon} />}>
        {words.profile}
      </Menu.Item>
      <Menu.Item component={Link} to={paths.notifications} leftSection={<IconBell {...icon} />}>
        {words.notifications}
      </Menu.Item>
      <Menu.Item leftSection={<IconKeyboard {...icon} />} onClick={openHelp}>
        {words.shortcuts}
      </Menu.Item>
      <Menu.Item component="a" href={paths.apiDocs} leftSection={<IconBook2 {...icon} />}>
        {words.apiDocs}
      </Menu.Item>
      <Menu.Label>{words.theme}</Menu.Label>
      <Menu.RadioGroup
        value={colorScheme}
        onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
      >
        {THEMES.map(({ scheme, text }) => (
          <Menu.RadioItem key={scheme} value={scheme}>
            {text}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      {isAdmin && (
        <>
          <Menu.Label>{words.admin}</Menu.Label>
          <Menu.Item component={Link} to={paths.people} leftSection={<IconUsers {...icon} />}>
            {words.people}
          </Menu.Item>
          <Menu.Item component={Link} to={paths.webhooks} leftSection={<IconWebhook {...icon} />}>
            {words.webhooks}
          </Menu.Item>
          <Menu.Item component={Link} to={paths.activity} leftSection={<IconActivity {...icon} />}>
            {words.activity}
          </Menu.Item>
          <Menu.Item component="a" href={paths.jobs} leftSection={<IconStack2 {...icon} />}>
            {words.jobs}
          </Menu.Item>
        </>
      )}
      <Menu.Divider />
      <Menu.Item leftSection={<IconLogout {...icon} />} onClick={() => signOut.mutate()}>
        {words.signOut}
      </Menu.Item>
    </>
  )
}
