import { Anchor, Button, Group as Line, Text } from '@mantine/core'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import { paths } from '~/ui/paths'
import { Empty } from '~/ui/states'
import { words as uiWords } from '~/ui/words'
import { GroupRow } from './GroupRow'
import { type Group, groupsOf } from './groups'
import classes from './Inbox.module.css'
import { everythingQuery, freshQuery, useMarkRead } from './queries'
import { useRowKeys } from './useRowKeys'
import { words } from './words'

/** Only what is new. */
export function FreshInbox({ onShowAll }: { onShowAll: () => void }) {
  const query = useSuspenseInfiniteQuery(freshQuery)
  const fresh = useMemo(() => groupsOf(query.data.pages.flatMap((page) => page.items)), [query.data])
  if (fresh.length === 0 && !query.hasNextPage)
    return (
      <Nothing>
        <Anchor component="button" type="button" underline="always" onClick={onShowAll}>
          {words.showAll}
        </Anchor>
      </Nothing>
    )
  return (
    <>
      <Lists fresh={fresh} />
      <More query={query} />
    </>
  )
}

/** What is new, then what was read before. */
export function WholeInbox() {
  const freshPages = useSuspenseInfiniteQuery(freshQuery)
  const query = useSuspenseInfiniteQuery(everythingQuery)
  const fresh = useMemo(
    () => groupsOf(freshPages.data.pages.flatMap((page) => page.items)),
    [freshPages.data],
  )
  const read = useMemo(
    () => groupsOf(query.data.pages.flatMap((page) => page.items).filter((entry) => entry.is_read)),
    [query.data],
  )
  if (fresh.length + read.length === 0 && !query.hasNextPage) return <Nothing />
  return (
    <>
      <Lists fresh={fresh} read={read} />
      <More query={freshPages.hasNextPage ? freshPages : query} />
    </>
  )
}

interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => Promise<unknown>
}

const More = ({ query }: { query: Pages }) =>
  query.hasNextPage && (
    <Button
      variant="default"
      mt="sm"
      loading={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {uiWords.showMore}
    </Button>
  )

function Nothing({ children }: { children?: ReactNode }) {
  return (
    <Empty
      title={words.none}
      text={words.noneText}
      action={
        <Line>
          {children}
          <Anchor component={Link} to={paths.notifications} underline="always">
            {words.settings}
          </Anchor>
        </Line>
      }
    />
  )
}

const NONE: Group[] = []

function Lists({ fresh, read = NONE }: { fresh: Group[]; read?: Group[] }) {
  const box = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const { mutate: markRead } = useMarkRead()
  const groups = useMemo(() => [...fresh, ...read], [fresh, read])
  const selected = fresh.filter((group) => chosen.has(group.key))

  const select = (group: Group, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(group.key)
    else next.delete(group.key)
    setChosen(next)
  }
  const markGroups = (which: readonly Group[]) => {
    const ids = which.flatMap((group) => group.unreadIds)
    if (ids.length > 0) markRead(ids)
  }
  const readSelected = () => {
    markGroups(selected)
    setChosen(new Set())
    return selected.length > 0
  }
  const { remember } = useRowKeys(box, groups, {
    select: (group) => select(group, !chosen.has(group.key)),
    readSelected,
    read: (group) => markGroups([group]),
  })
  const row = (group: Group) => (
    <GroupRow
      key={group.key}
      group={group}
      // What was read before of the same record is another row.
      selected={group.unreadIds.length > 0 && chosen.has(group.key)}
      onSelect={(on) => select(group, on)}
      onRead={() => {
        remember()
        markGroups([group])
      }}
      onOpen={() => markGroups([group])}
    />
  )
  return (
    <div ref={box}>
      {selected.length > 0 && (
        <Line gap="sm" mb="xs" className={classes.bar}>
          <Text size="sm" role="status">
            {words.selected(selected.length)}
          </Text>
          <Button size="compact-sm" aria-keyshortcuts="e" onClick={readSelected}>
            {words.markRead}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setChosen(new Set())}>
            {words.clear}
          </Button>
        </Line>
      )}
      {fresh.length > 0 && (
        <section aria-label={words.fresh}>
          {read.length > 0 && <h2 className={classes.heading}>{words.fresh}</h2>}
          <ul className={classes.list}>{fresh.map(row)}</ul>
        </section>
      )}
      {read.length > 0 && (
        <section aria-label={words.earlier}>
          <h2 className={classes.heading}>{words.earlier}</h2>
          <ul className={classes.list}>{read.map(row)}</ul>
        </section>
      )}
    </div>
  )
}
