import { Box, Group, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Headed } from './headed'
import classes from './Page.module.css'

/** The tab's title: the page's, then the product's. The inbox mark before it is the shell's. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · AsyncOps`
  }, [title])
}

interface Props {
  title: string
  /** Instead of the title as a heading, for example with a number beside it. */
  heading?: ReactNode
  actions?: ReactNode
  /** For texts to read and forms. */
  narrow?: boolean
  children: ReactNode
}

export function Page({ title, heading, actions, narrow = false, children }: Props) {
  useTitle(title)
  return (
    <Box className={classes.page} data-narrow={narrow || undefined}>
      <Group justify="space-between" align="center" gap="sm" mb="md" className={classes.head}>
        <Title order={1} size="h3">
          {heading ?? title}
        </Title>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      <Headed value>{children}</Headed>
    </Box>
  )
}
