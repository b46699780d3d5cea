import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { words } from './words'

/** What is done seldom, behind three dots. Takes `Menu.Item`s. */
export const ActionMenu = ({ children, label = words.menu }: { children: ReactNode; label?: string }) => (
  <Menu>
    <Menu.Target>
      <ActionIcon variant="default" size={36} aria-label={label}>
        <IconDots size={18} aria-hidden />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>{children}</Menu.Dropdown>
  </Menu>
)
