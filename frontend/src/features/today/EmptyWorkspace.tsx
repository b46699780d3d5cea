import { Anchor, Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { useIsAdmin } from '~/api/session'
import { todayQuery } from '~/api/today'
import { paths } from '~/ui/paths'
import { Empty } from '~/ui/states'
import { saidQuery } from './queries'
import { words } from './words'

/** Nothing was written here yet. */
export function useIsEmptyWorkspace(): boolean {
  const { data: today } = useQuery(todayQuery)
  const { data: said } = useQuery(saidQuery)
  if (today === undefined || said === undefined) return false
  const { incidents, blockers, recent_decisions: decisions, incidents_resolved: resolved } = today
  return said.items.length + incidents.length + resolved.length + blockers.length + decisions.length === 0
}

/** A first step instead of empty boxes. */
export function EmptyWorkspace({ onPost }: { onPost: () => void }) {
  const isAdmin = useIsAdmin()
  const links = [
    { to: `${paths.incidents}?new`, text: words.reportIncident },
    { to: `${paths.decisions}?new`, text: words.recordDecision },
    ...(isAdmin ? [{ to: paths.people, text: words.invite }] : []),
  ]
  return (
    <Empty
      title={words.emptyTitle}
      text={words.emptyText}
      action={
        <>
          <Button mt="xs" onClick={onPost}>
            {words.post}
          </Button>
          <Group gap="md" justify="center">
            {links.map(({ to, text }) => (
              <Anchor key={to} component={Link} to={to} underline="always" size="sm">
                {text}
              </Anchor>
            ))}
          </Group>
        </>
      }
    />
  )
}
