import { Button, Group, Text, Title } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconCopy, IconLink } from '@tabler/icons-react'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import type { Content, FigureBeside } from '~/api/generated'
import { copyLink, copyText } from '~/ui/copy'
import { useKeys } from '~/ui/keys'
import { useTitle } from '~/ui/Page'
import { pathOf } from '~/ui/paths'
import { RelativeTime } from '~/ui/RelativeTime'
import { useRecent } from '~/ui/recent'
import { day, exact, hours } from '~/ui/time'
import { BlockerLines, DecisionLines, IncidentLines, People, Section, UpdateLines } from './Lines'
import { neighboursQuery, summaryQuery } from './queries'
import classes from './Summary.module.css'
import { words } from './words'
import { WriteButton } from './WriteButton'

/** A day, read like a morning paper. */
export function SummaryView({ id }: { id: number }) {
  const { data: summary } = useSuspenseQuery(summaryQuery(id))
  const title = words.date(day(summary.summary_date))
  useTitle(title)
  useRecent(pathOf.summary(id), title)
  return (
    <article className={classes.paper}>
      <Neighbours date={summary.summary_date} />
      <Title order={1} size="h2">
        {day(summary.summary_date)}
      </Title>
      <Text c="dimmed" size="sm">
        {words.covers} {words.window(exact(summary.window_start), exact(summary.window_end))} ·{' '}
        {words.written} <RelativeTime at={summary.generated_at} focusable />
        {summary.revision > 1 && ` · ${words.revision} ${String(summary.revision)}`}
      </Text>
      <Figures content={summary.content} />
      <Sections content={summary.content} />
      <Group gap="xs" mt="lg" className={classes.verbs}>
        <Button
          variant="default"
          leftSection={<IconLink size={16} aria-hidden />}
          onClick={() => void copyLink(pathOf.summary(id))}
        >
          {words.share}
        </Button>
        <Button
          variant="default"
          leftSection={<IconCopy size={16} aria-hidden />}
          onClick={() => void copyText(summary.markdown, words.copied)}
        >
          {words.copyMarkdown}
        </Button>
        <WriteButton date={summary.summary_date} text={words.again} />
      </Group>
    </article>
  )
}

function Neighbours({ date }: { date: string }) {
  const { data: beside } = useQuery(neighboursQuery(date))
  const navigate = useNavigate()
  const { previous, next } = beside ?? {}
  useKeys({
    ArrowLeft: () => previous && void navigate(pathOf.summary(previous.id)),
    ArrowRight: () => next && void navigate(pathOf.summary(next.id)),
  })
  const open = (item: { id: number } | undefined) => ({
    disabled: item === undefined,
    onClick: () => item && void navigate(pathOf.summary(item.id)),
  })
  return (
    <Group justify="space-between" mb="md" className={classes.verbs}>
      <Button
        variant="subtle"
        leftSection={<IconChevronLeft size={16} aria-hidden />}
        aria-keyshortcuts="ArrowLeft"
        {...open(previous)}
      >
        {words.previous}
      </Button>
      <Button
        variant="subtle"
        rightSection={<IconChevronRight size={16} aria-hidden />}
        aria-keyshortcuts="ArrowRight"
        {...open(next)}
      >
        {words.next}
      </Button>
    </Group>
  )
}

function Figures({ content: { statistics } }: { content: Content }) {
  const { trends } = statistics
  const figures: [string, number, FigureBeside][] = [
    [words.updates, statistics.total_status_updates, trends.total_status_updates],
    [words.incidents, statistics.active_incidents, trends.active_incidents],
    [words.blockers, statistics.active_blockers, trends.active_blockers],
  ]
  return (
    <dl className={classes.figures}>
      {figures.map(([name, count, beside]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <b>{count.toLocaleString('en')}</b> <Difference from={beside.day_before} to={count} />
          </dd>
          <dd className={classes.note}>{words.versus(beside.day_before, beside.seven_day_mean)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Difference({ from, to }: { from: number; to: number }) {
  const difference = to - from
  const inWords = difference > 0 ? words.more : difference < 0 ? words.less : words.same
  return (
    <span title={inWords}>
      {difference === 0 ? '±0' : difference > 0 ? `+${String(difference)}` : `−${String(-difference)}`}
      <span className={classes.hidden}> {inWords}</span>
    </span>
  )
}

function Sections({ content }: { content: Content }) {
  const { left_out: left, statistics } = content
  const median = statistics.median_hours_to_resolve
  const quiet =
    content.incidents.length + content.blockers.length + content.status_updates.length === 0 &&
    content.incidents_resolved.length + content.recent_decisions.length === 0
  return (
    <>
      {quiet && <p>{words.quiet}</p>}
      <Section title={words.openIncidents} empty={content.incidents.length === 0} leftOut={left.incidents}>
        <IncidentLines lines={content.incidents} />
      </Section>
      <Section
        title={words.opened}
        empty={content.incidents_opened.length === 0}
        leftOut={left.incidents_opened}
      >
        <IncidentLines lines={content.incidents_opened} />
      </Section>
      <Section
        title={words.resolved}
        empty={content.incidents_resolved.length === 0}
        leftOut={left.incidents_resolved}
        note={median === null ? undefined : words.median(hours(median))}
      >
        <IncidentLines lines={content.incidents_resolved} />
      </Section>
      <Section title={words.activeBlockers} empty={content.blockers.length === 0} leftOut={left.blockers}>
        <BlockerLines lines={content.blockers} />
      </Section>
      <Section title={words.said} empty={content.status_updates.length === 0} leftOut={left.status_updates}>
        <UpdateLines lines={content.status_updates} />
      </Section>
      <Section
        title={words.decided}
        empty={content.recent_decisions.length === 0}
        leftOut={left.recent_decisions}
      >
        <DecisionLines lines={content.recent_decisions} />
      </Section>
      <Section title={words.silent} empty={content.no_update_from.length === 0} leftOut={left.no_update_from}>
        <People people={content.no_update_from} />
      </Section>
    </>
  )
}
