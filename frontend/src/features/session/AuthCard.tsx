import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { configQuery } from '~/api/session'
import { Headed } from '~/ui/headed'
import { useTitle } from '~/ui/Page'
import classes from './AuthCard.module.css'
import { words } from './words'

interface Props {
  title: string
  children: ReactNode
  /** Under the card: the ways to the other cards. */
  foot?: ReactNode
}

/** The page of those who are not signed in: whose workspace it is, one sentence, and a small card. */
export function AuthCard({ title, children, foot }: Props) {
  const { data: config } = useQuery(configQuery)
  useTitle(title)
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <div className={classes.team}>
          <p className={classes.name}>{config?.workspace_name ?? words.product}</p>
          <Text c="dimmed" size="sm" mt={4}>
            {words.promise}
          </Text>
        </div>
        <div className={classes.card}>
          <Stack gap="md">
            <Title order={1} size="h4">
              {title}
            </Title>
            <Headed value>{children}</Headed>
          </Stack>
        </div>
        {foot !== undefined && <div className={classes.foot}>{foot}</div>}
      </div>
    </main>
  )
}
