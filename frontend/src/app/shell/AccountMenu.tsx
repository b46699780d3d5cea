import { Menu, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useMe } from '~/api/session'
import { PersonAvatar } from '~/ui/Person'
import { AccountItems } from './AccountItems'
import classes from './AccountMenu.module.css'
import { words } from './words'

export function AccountMenu({ narrow }: { narrow: boolean }) {
  const me = useMe()
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.button}>
          <PersonAvatar person={me} size={26} />
          {!narrow && (
            <span className={classes.name} aria-hidden>
              {me.full_name}
            </span>
          )}
          <VisuallyHidden>{words.account(me.full_name)}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <AccountItems />
      </Menu.Dropdown>
    </Menu>
  )
}
