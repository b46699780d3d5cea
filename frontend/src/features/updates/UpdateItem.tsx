import { Anchor, Menu, Text } from '@mantine/core'
import { IconEdit, IconLink, IconTrash } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import type { StatusUpdate } from '~/api/generated'
import { useMe } from '~/api/session'
import { ActionMenu } from '~/ui/ActionMenu'
import { ConfirmDelete } from '~/ui/ConfirmDelete'
import { copyLink } from '~/ui/copy'
import { ReadMore } from '~/ui/markdown/ReadMore'
import { say, sayFailure } from '~/ui/notify'
import { pathOf } from '~/ui/paths'
import { PersonAvatar } from '~/ui/Person'
import { RelativeTime } from '~/ui/RelativeTime'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { words as uiWords } from '~/ui/words'
import { EditUpdate } from './EditUpdate'
import { updateQuery, type UpdateValues, useDeleteUpdate } from './queries'
import { Tags } from './Tags'
import classes from './UpdateItem.module.css'
import { words } from './words'

/** One update in the feed, with all of its text. */
export function UpdateItem({ update }: { update: StatusUpdate }) {
  const me = useMe()
  const [editing, setEditing] = useState(false)
  const title = useRef<HTMLAnchorElement>(null)
  const wasEditing = useRef(false)
  useEffect(() => {
    // The form that had the focus is gone.
    if (wasEditing.current && !editing) title.current?.focus()
    wasEditing.current = editing
  }, [editing])
  return (
    <li className={classes.item}>
      <PersonAvatar person={update.user} size={32} />
      <div className={classes.body}>
        <div className={classes.head}>
          <Text span inherit className={classes.by}>
            <b>{update.user.full_name}</b>
            {update.user.is_active ? '' : ` (${uiWords.inactive})`} · <RelativeTime at={update.created_at} />
            {update.updated_at !== update.created_at && ` · ${words.editedMark}`}
          </Text>
          <Actions update={update} own={update.user_id === me.id} onEdit={() => setEditing(true)} />
        </div>
        {editing ? (
          <Loaded fallback={<RowsSkeleton rows={3} />}>
            <EditHere id={update.id} onDone={() => setEditing(false)} />
          </Loaded>
        ) : (
          <>
            <h3 className={classes.title}>
              <Anchor
                ref={title}
                component={Link}
                to={pathOf.status_update(update.id)}
                data-row
                inherit
                c="inherit"
              >
                {update.title}
              </Anchor>
            </h3>
            <ReadMore text={update.content} />
            <Tags tags={update.tags} />
          </>
        )}
      </div>
    </li>
  )
}

/** The list's rows have no ETag: what is edited is read again. */
function EditHere({ id, onDone }: { id: number; onDone: () => void }) {
  const { data: update } = useSuspenseQuery(updateQuery(id))
  return <EditUpdate update={update} onDone={onDone} />
}

/** What was just sent, until the server confirms it. */
export function PendingUpdate({ values }: { values: UpdateValues }) {
  const me = useMe()
  return (
    <li className={classes.item} data-pending aria-busy>
      <PersonAvatar person={me} size={32} />
      <div className={classes.body}>
        <div className={classes.head}>
          <Text span inherit className={classes.by}>
            <b>{me.full_name}</b> · {words.posting}
          </Text>
        </div>
        <h3 className={classes.title}>{values.title}</h3>
        <ReadMore text={values.content} />
      </div>
    </li>
  )
}

interface ActionsProps {
  update: StatusUpdate
  own: boolean
  onEdit: () => void
}

function Actions({ update, own, onEdit }: ActionsProps) {
  const remove = useDeleteUpdate(update.id, () => say(words.deleted))
  const [asking, setAsking] = useState(false)
  return (
    <>
      <ActionMenu label={words.actionsFor(update.title)}>
        {own && (
          <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
            {uiWords.edit}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconLink size={16} aria-hidden />}
          onClick={() => void copyLink(pathOf.status_update(update.id))}
        >
          {words.copyLink}
        </Menu.Item>
        {own && (
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAsking(true)}>
            {uiWords.remove}
          </Menu.Item>
        )}
      </ActionMenu>
      <ConfirmDelete
        opened={asking}
        onClose={() => setAsking(false)}
        pending={remove.isPending}
        text={words.deleteText}
        onConfirm={() =>
          remove.mutate(undefined, {
            onError: (error) => {
              setAsking(false)
              sayFailure(error)
            },
          })
        }
      />
    </>
  )
}
