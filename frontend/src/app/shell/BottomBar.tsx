import { Menu, UnstyledButton } from '@mantine/core'
import { IconDots, IconSearch } from '@tabler/icons-react'
import { Link, NavLink } from 'react-router'
import { AccountItems } from './AccountItems'
import classes from './BottomBar.module.css'
import { items, onPhones } from './items'
import { CountMark } from './Navigation'
import { openPalette } from './palette-store'
import { useCounts } from './useCounts'
import { words } from './words'

/** The navigation on phones. */
export function BottomBar() {
  const counts = useCounts()
  const rest = items.filter((item) => !onPhones.includes(item))
  return (
    <nav aria-label={words.main} className={classes.bar}>
      {onPhones.map((item) => {
        const Icon = item.icon
        return (
          <NavLink key={item.to} to={item.to} end={item.to === '/'} className={classes.entry}>
            <Icon size={20} aria-hidden />
            <span>{item.text}</span>
            <span className={classes.mark}>
              <CountMark count={item.count && counts[item.count]} inWords={item.countInWords} />
            </span>
          </NavLink>
        )
      })}
      <Menu position="top-end" width={240}>
        <Menu.Target>
          <UnstyledButton className={classes.entry}>
            <IconDots size={20} aria-hidden />
            <span>{words.more}</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown mah="80vh" style={{ overflowY: 'auto' }}>
          {rest.map(({ to, text, icon: Icon }) => (
            <Menu.Item key={to} component={Link} to={to} leftSection={<Icon size={16} aria-hidden />}>
              {text}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<IconSearch size={16} aria-hidden />} onClick={openPalette}>
            {words.search}
          </Menu.Item>
          <Menu.Divider />
          <AccountItems />
        </Menu.Dropdown>
      </Menu>
    </nav>
  )
}
