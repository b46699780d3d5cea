import { Button, Menu } from '@mantine/core'
import { IconArchive, IconArrowBackUp, IconEdit, IconLink, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Blocker } from '~/api/generated'
import { useIsAdmin } from '~/api/session'
import { ActionMenu } from '~/ui/ActionMenu'
import { ConfirmDelete } from '~/ui/ConfirmDelete'
import { copyLink } from '~/ui/copy'
import { useLeave } from '~/ui/leave'
import { say, sayFailure } from '~/ui/notify'
import { pathOf, paths } from '~/ui/paths'
import { words as uiWords } from '~/ui/words'
import { useDeleteBlocker, useReopen } from './queries'
import { words } from './words'

interface Props {
  blocker: Blocker
  onEdit: () => void
  onArchive: () => void
}

export function BlockerActions({ blocker, onEdit, onArchive }: Props) {
  const { id, archived, status } = blocker
  const isAdmin = useIsAdmin()
  const leave = useLeave()
  const reopen = useReopen(id)
  const remove = useDeleteBlocker(id, () => {
    say(words.deleted(words.number(id)))
    return leave(paths.blockers)
  })
  const [asking, setAsking] = useState(false)
  return (
    <>
      {!archived && (
        <Button variant="default" leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
          {uiWords.edit}
        </Button>
      )}
      <ActionMenu>
        {!archived && status === 'resolved' && (
          <Menu.Item
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            disabled={reopen.isPending}
            onClick={() =>
              reopen.mutate(undefined, { onSuccess: () => say(words.reopened), onError: sayFailure })
            }
          >
            {words.reopen}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconLink size={16} aria-hidden />}
          onClick={() => void copyLink(pathOf.blocker(id))}
        >
          {words.copyLink}
        </Menu.Item>
        {!archived && (
          <Menu.Item leftSection={<IconArchive size={16} aria-hidden />} onClick={onArchive}>
            {uiWords.archive}
          </Menu.Item>
        )}
        {archived && isAdmin && (
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAsking(true)}>
            {uiWords.remove}
          </Menu.Item>
        )}
      </ActionMenu>
      <ConfirmDelete
        opened={asking}
        onClose={() => setAsking(false)}
        pending={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, {
            onError: sayFailure,
          })
        }
      />
    </>
  )
}
