import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import {
  IconActivity,
  IconBell,
  IconBook2,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconStack2,
  IconSun,
  IconUser,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react'
import { Link, useNavigate } from 'react-router'
import { useIsAdmin, useSignOut } from '~/api/session'
import { paths } from '~/ui/paths'
import { openHelp } from './help-store'
import { words } from './words'

const THEMES: { scheme: MantineColorScheme; text: string; icon: typeof IconSun }[] = [
  { scheme: 'light', text: words.light, icon: IconSun },
  { scheme: 'dark', text: words.dark, icon: IconMoon },
  { scheme: 'auto', text: words.auto, icon: IconDeviceDesktop },
]

/** Everything about oneself, and for administrators the administration. */
export function AccountItems() {
  const isAdmin = useIsAdmin()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const navigate = useNavigate()
  const signOut = useSignOut()
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
      {THEMES.map(({ scheme, text, icon: Icon }) => (
        <Menu.Item
          key={scheme}
          leftSection={<Icon {...icon} />}
          role="menuitemradio"
          aria-checked={colorScheme === scheme}
          fw={colorScheme === scheme ? 600 : undefined}
          onClick={() => setColorScheme(scheme)}
        >
          {text}
        </Menu.Item>
      ))}
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
      <Menu.Item
        leftSection={<IconLogout {...icon} />}
        onClick={() => signOut.mutate(undefined, { onSettled: () => void navigate('/sign-in') })}
      >
        {words.signOut}
      </Menu.Item>
    </>
  )
}
