import { IconAt } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Badge } from '@mantine/core'
import { useMe } from '~/api/session'
import { Panel } from '~/ui/Panel'
import { pathOf, paths } from '~/ui/paths'
import { RelativeTime } from '~/ui/RelativeTime'
import { BlockerMark, SeverityMark } from '~/ui/State'
import { Line, Lines, MoreLine, Nothing } from './Line'
import { myBlockersQuery, myIncidentsQuery, SHOWN, unreadEntriesQuery, useReadEntry } from './queries'
import { words } from './words'

/** What I am asked to do: my incidents, my blockers, and where I was mentioned. */
export function NeedsYou() {
  const { id: me } = useMe()
  const { data: incidents } = useSuspenseQuery(myIncidentsQuery(me))
  const { data: blockers } = useSuspenseQuery(myBlockersQuery(me))
  const { data: inbox } = useSuspenseInfiniteQuery(unreadEntriesQuery)
  const read = useReadEntry()
  const mentions = inbox.pages
    .flatMap((page) => page.items)
    .filter((entry) => entry.event === 'user.mentioned')

  const more = (page: { total?: number; items: unknown[] }) => (page.total ?? 0) - page.items.length
  if (incidents.items.length + blockers.items.length + mentions.length === 0)
    return (
      <Panel title={words.needsYou} flush>
        <Nothing>{words.nothingNeedsYou}</Nothing>
      </Panel>
    )
  return (
    <Panel title={words.needsYou} flush>
      <Lines>
        {incidents.items.map((incident) => (
          <Line
            key={`incident-${String(incident.id)}`}
            to={pathOf.incident(incident.id)}
            before={<SeverityMark severity={incident.severity} />}
            number={words.incident(incident.id)}
            title={incident.title}
            facts={
              <>
                <span>{words.assigned}</span>
                <RelativeTime at={incident.created_at} />
              </>
            }
          />
        ))}
        {blockers.items.map((blocker) => (
          <Line
            key={`blocker-${String(blocker.id)}`}
            to={pathOf.blocker(blocker.id)}
            before={<BlockerMark status={blocker.status} />}
            number={words.blocker(blocker.id)}
            title={firstLine(blocker.description)}
            facts={
              <>
                <span>{words.yours}</span>
                <RelativeTime at={blocker.created_at} />
              </>
            }
          />
        ))}
        {mentions.slice(0, SHOWN).map((entry) => (
          <Line
            key={`mention-${String(entry.id)}`}
            to={entry.url}
            onOpen={() => read.mutate(entry.id)}
            before={<MentionMark />}
            title={entry.title}
            facts={
              <>
                <span>
                  {entry.actor === null ? words.mentioned : words.mentionedBy(entry.actor.full_name)}
                </span>
                <RelativeTime at={entry.created_at} />
              </>
            }
          />
        ))}
      </Lines>
      <MoreLine
        count={more(incidents)}
        to={`${paths.incidents}?assigned_to_id=${String(me)}&status=open,in_progress`}
        of={words.incidents}
      />
      <MoreLine
        count={more(blockers)}
        to={`${paths.blockers}?reported_by_id=${String(me)}&status=active`}
        of={words.blockers}
      />
      <MoreLine count={mentions.length - SHOWN} to={paths.inbox} of={words.inbox} />
    </Panel>
  )
}

const MentionMark = () => (
  <Badge
    variant="default"
    size="md"
    radius="sm"
    tt="none"
    leftSection={<IconAt size={12} stroke={2.5} aria-hidden />}
    styles={{
      root: {
        color: 'var(--muted)',
        background: 'transparent',
        borderColor: 'var(--line)',
        letterSpacing: 0,
      },
      label: { fontWeight: 600 },
    }}
  >
    {words.mention}
  </Badge>
)

/** Markdown's first words; blockers have no title. */
const firstLine = (text: string) => text.trim().split('\n', 1)[0] ?? ''
