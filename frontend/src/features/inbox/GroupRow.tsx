import { ActionIcon, Anchor, Checkbox, Tooltip } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from 'react-router'
import type { Notification } from '~/api/inbox'
import { PersonAvatar } from '~/ui/Person'
import { RelativeTime } from '~/ui/RelativeTime'
import type { Group } from './groups'
import classes from './Inbox.module.css'
import { words } from './words'

const SHOWN = 3

interface Props {
  group: Group
  selected: boolean
  onSelect: (selected: boolean) => void
  onRead: () => void
  /** The link takes one there; this is what else it means. */
  onOpen: () => void
}

/** One record and why one is told of it; opening it reads all of that. */
export function GroupRow({ group, selected, onSelect, onRead, onOpen }: Props) {
  const isUnread = group.unreadIds.length > 0
  return (
    <li className={classes.row} data-unread={isUnread || undefined} data-selected={selected || undefined}>
      {isUnread && (
        <Checkbox
          className={classes.select}
          size="xs"
          mt={2}
          aria-label={words.select(group.title)}
          checked={selected}
          onChange={(event) => onSelect(event.currentTarget.checked)}
        />
      )}
      <div className={classes.main}>
        {isUnread && <span className={classes.dot} aria-hidden />}
        <Anchor
          component={Link}
          to={group.url}
          className={classes.link}
          underline="never"
          data-row
          onClick={onOpen}
          onAuxClick={(event) => event.button === 1 && onOpen()}
        >
          {group.title} {isUnread && <span className={classes.hidden}>({words.isUnread})</span>}
        </Anchor>
        <ul className={classes.lines}>
          {group.entries.slice(0, SHOWN).map((entry) => (
            <Line key={entry.id} entry={entry} />
          ))}
          {group.entries.length > SHOWN && <li>{words.more(group.entries.length - SHOWN)}</li>}
        </ul>
      </div>
      {isUnread && (
        <Tooltip label={words.markRead}>
          <ActionIcon
            className={classes.mark}
            variant="subtle"
            color="gray"
            aria-label={words.markOne(group.title)}
            aria-keyshortcuts="e"
            onClick={onRead}
          >
            <IconCheck size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}

function Line({ entry }: { entry: Notification }) {
  return (
    <li className={classes.line}>
      {entry.actor ? (
        <PersonAvatar person={entry.actor} size={20} />
      ) : (
        <span className={classes.system} aria-hidden />
      )}
      <span className={classes.why}>
        {entry.body} · <RelativeTime at={entry.created_at} />
      </span>
    </li>
  )
}
