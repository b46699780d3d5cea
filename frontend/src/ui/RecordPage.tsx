import { Anchor, Box, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Headed } from './headed'
import { useTitle } from './Page'
import classes from './RecordPage.module.css'

interface Props {
  title: string
  /** `INC-12` */
  number: string
  parent: { to: string; text: string }
  /** Right of the title: the verbs. */
  actions?: ReactNode
  /** Above everything: a banner. */
  banner?: ReactNode
  facts: ReactNode
  /** What comes later and may grow: history. Under the facts on phones, so that nothing that is read moves. */
  after?: ReactNode
  children: ReactNode
}

/** One record: its text, at the right the facts, which go under the text on phones, and its history. */
export function RecordPage({ title, number, parent, actions, banner, facts, after, children }: Props) {
  useTitle(`${number} ${title}`)
  return (
    <Box component="article" className={classes.page}>
      <Group gap={6} mb={4} className={classes.trail}>
        <Anchor component={Link} to={parent.to} size="sm" underline="always">
          {parent.text}
        </Anchor>
        <Text size="sm" c="dimmed">
          {number}
        </Text>
      </Group>
      <Group justify="space-between" align="flex-start" gap="sm" mb="md">
        <Title order={1} size="h3" className={classes.title}>
          {title}
        </Title>
        {actions !== undefined && (
          <Group gap="xs" className={classes.actions}>
            {actions}
          </Group>
        )}
      </Group>
      {banner}
      <div className={classes.columns}>
        <Stack gap="md" className={classes.main}>
          <Headed value>{children}</Headed>
        </Stack>
        <aside className={classes.facts} aria-label="Facts">
          <Headed value>{facts}</Headed>
        </aside>
        {after !== undefined && (
          <Stack gap="md" className={classes.after}>
            <Headed value>{after}</Headed>
          </Stack>
        )}
      </div>
    </Box>
  )
}

/** Names and values, one below the other. */
export const Facts = ({ children }: { children: ReactNode }) => <dl className={classes.list}>{children}</dl>

export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
