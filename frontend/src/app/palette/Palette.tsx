import { useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.layer.css'
import { useQuery } from '@tanstack/react-query'
import {
  IconArrowRight,
  IconKeyboard,
  IconPlus,
  IconSearch,
  IconSun,
  type TablerIcon,
} from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { Highlight } from '~/features/search/Highlight'
import { type GroupName, searchQuery } from '~/features/search/queries'
import { paths } from '~/ui/paths'
import { recentRecords } from '~/ui/recent'
import { openHelp } from '../shell/help-store'
import { inbox, items } from '../shell/items'
import { closePalette, usePaletteIsOpen } from '../shell/palette-store'
import { words as shellWords } from '../shell/words'
import classes from './Palette.module.css'
import { words } from './words'

interface Action {
  text: string
  icon: TablerIcon
  run: () => void
}

const GROUPS: Record<GroupName, string> = {
  status_updates: shellWords.updates,
  incidents: shellWords.incidents,
  blockers: shellWords.blockers,
  decisions: shellWords.decisions,
}
const PER_GROUP = 4

/** Ctrl-K: searches all records while one types, and offers what can be done. */
export function Palette() {
  const opened = usePaletteIsOpen()
  const [text, setText] = useState('')
  const navigate = useNavigate()
  // Spotlight has a store of its own, which comes with its chunk; ours is there from the start.
  useEffect(() => {
    if (opened) spotlight.open()
  }, [opened])
  const go = (to: string) => void navigate(to)
  const trimmed = text.trim()
  const groups = useActions(go).map(([title, actions]) => [title, actions.filter(matches(trimmed))] as const)
  return (
    <Spotlight.Root
      onSpotlightClose={closePalette}
      query={text}
      onQueryChange={setText}
      shortcut={null}
      maxHeight={460}
      scrollable
      closeOnActionTrigger
      attributes={{ content: { 'aria-label': words.label } }}
    >
      <Spotlight.Search
        aria-label={words.label}
        placeholder={words.placeholder}
        leftSection={<IconSearch size={18} aria-hidden />}
        maxLength={200}
      />
      <Spotlight.ActionsList>
        {trimmed !== '' && <Found text={trimmed} go={go} />}
        {groups.map(
          ([title, actions]) =>
            actions.length > 0 && (
              <Spotlight.ActionsGroup key={title} label={title}>
                {actions.map(({ text: label, icon: Icon, run }) => (
                  <Spotlight.Action
                    key={label}
                    label={label}
                    leftSection={<Icon size={18} aria-hidden />}
                    onClick={run}
                  />
                ))}
              </Spotlight.ActionsGroup>
            ),
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

const matches = (text: string) => (action: Action) => action.text.toLowerCase().includes(text.toLowerCase())

function useActions(go: (to: string) => void): [string, Action[]][] {
  const { setColorScheme } = useMantineColorScheme()
  const create = (text: string, to: string): Action => ({ text, icon: IconPlus, run: () => go(to) })
  return [
    [
      words.recent,
      recentRecords().map(({ path, title }) => ({ text: title, icon: IconArrowRight, run: () => go(path) })),
    ],
    [
      words.actions,
      [
        create(words.postUpdate, `${paths.updates}?new`),
        create(words.reportIncident, `${paths.incidents}?new`),
        create(words.reportBlocker, `${paths.blockers}?new`),
        create(words.recordDecision, `${paths.decisions}?new`),
        { text: words.light, icon: IconSun, run: () => setColorScheme('light') },
        { text: words.dark, icon: IconSun, run: () => setColorScheme('dark') },
        { text: words.shortcuts, icon: IconKeyboard, run: openHelp },
      ],
    ],
    [words.goTo, [...items, inbox].map(({ text, icon, to }) => ({ text, icon, run: () => go(to) }))],
  ]
}

function Found({ text, go }: { text: string; go: (to: string) => void }) {
  const [q] = useDebouncedValue(text, 150)
  const { data, isFetching } = useQuery(searchQuery(q, { limit: PER_GROUP }))
  const groups = Object.entries(data?.groups ?? {}) as [
    GroupName,
    NonNullable<typeof data>['groups'][GroupName],
  ][]
  const some = groups.some(([, group]) => (group?.items.length ?? 0) > 0)
  return (
    <>
      {groups.map(([name, group]) =>
        group && group.items.length > 0 ? (
          <Spotlight.ActionsGroup key={name} label={GROUPS[name]}>
            {group.items.map((match) => (
              <Spotlight.Action key={match.id} onClick={() => go(match.url)}>
                <span className={classes.match}>
                  <span className={classes.title}>{match.title}</span>
                  <span className={classes.passage}>
                    <Highlight passage={match.highlights[0] ?? ''} />
                  </span>
                </span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ) : null,
      )}
      {!some && (
        <Spotlight.Empty role="status">{isFetching ? words.searching : words.nothing}</Spotlight.Empty>
      )}
      <Spotlight.Action
        label={words.showAll(text)}
        leftSection={<IconSearch size={18} aria-hidden />}
        onClick={() => go(`${paths.search}?q=${encodeURIComponent(text)}`)}
      />
    </>
  )
}
