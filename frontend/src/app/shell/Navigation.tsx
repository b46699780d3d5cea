import { ActionIcon, Kbd, Tooltip, UnstyledButton } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react'
import { NavLink } from 'react-router'
import { AccountMenu } from './AccountMenu'
import { type Item, inbox, items } from './items'
import classes from './Navigation.module.css'
import { openPalette } from './palette-store'
import { useCounts } from './useCounts'
import { words } from './words'

export function Navigation() {
  const [narrow, setNarrow] = useLocalStorage({
    key: 'asyncops.narrow',
    defaultValue: false,
    getInitialValueInEffect: false,
  })
  const counts = useCounts()
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  return (
    <header className={classes.side} data-narrow={narrow || undefined}>
      <div className={classes.top}>
        {!narrow && <span className={classes.product}>{words.product}</span>}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={narrow ? words.expand : words.collapse}
          onClick={() => setNarrow(!narrow)}
        >
          <Toggle size={18} aria-hidden />
        </ActionIcon>
      </div>
      <nav aria-label={words.main} className={classes.nav}>
        {items.map((item) => (
          <Entry key={item.to} item={item} narrow={narrow} count={item.count && counts[item.count]} />
        ))}
        <hr className={classes.rule} />
        <Tooltip label={words.search} position="right" disabled={!narrow}>
          <UnstyledButton className={classes.entry} onClick={openPalette} aria-keyshortcuts="Control+K">
            <IconSearch size={18} aria-hidden />
            <span className={classes.text}>{words.search}</span>
            {!narrow && (
              <Kbd size="xs" aria-hidden>
                Ctrl K
              </Kbd>
            )}
          </UnstyledButton>
        </Tooltip>
        <Entry item={inbox} narrow={narrow} count={counts.unread} />
      </nav>
      <AccountMenu narrow={narrow} />
    </header>
  )
}

function Entry({ item, narrow, count }: { item: Item; narrow: boolean; count: number | undefined }) {
  const Icon = item.icon
  return (
    <Tooltip label={item.text} position="right" disabled={!narrow}>
      <NavLink to={item.to} end={item.to === '/'} className={classes.entry}>
        <Icon size={18} aria-hidden />
        <span className={classes.text}>{item.text}</span>
        <CountMark count={count} inWords={item.countInWords} />
      </NavLink>
    </Tooltip>
  )
}

export function CountMark({
  count,
  inWords,
}: {
  count: number | undefined
  inWords?: (count: number) => string
}) {
  if (!count) return null
  return (
    <span className={classes.count}>
      <span aria-hidden>{count > 99 ? '99+' : count}</span>
      <span className={classes.hidden}>{inWords?.(count)}</span>
    </span>
  )
}
