import { Box, Group, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import classes from './Panel.module.css'

/** A titled part of a page. */
export function Panel({
  title,
  aside,
  children,
  flush = false,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
  flush?: boolean
}) {
  const id = useId()
  return (
    <Box component="section" aria-labelledby={id} className={classes.panel}>
      <Group justify="space-between" className={classes.head} gap="xs">
        <Title order={2} size={14} id={id}>
          {title}
        </Title>
        {aside}
      </Group>
      <div className={flush ? undefined : classes.body}>{children}</div>
    </Box>
  )
}
