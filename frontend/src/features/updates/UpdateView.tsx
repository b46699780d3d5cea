import { Button, Menu, Skeleton } from '@mantine/core'
import { IconEdit, IconLink, IconTrash } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { StatusUpdate } from '~/api/generated'
import { useMe } from '~/api/session'
import { ActionMenu } from '~/ui/ActionMenu'
import { ConfirmDelete } from '~/ui/ConfirmDelete'
import { copyLink } from '~/ui/copy'
import { useKeys } from '~/ui/keys'
import { useLeave } from '~/ui/leave'
import { Markdown } from '~/ui/markdown/Markdown'
import { say, sayFailure } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { pathOf, paths } from '~/ui/paths'
import { Person } from '~/ui/Person'
import { Fact, Facts, RecordPage } from '~/ui/RecordPage'
import { RelativeTime } from '~/ui/RelativeTime'
import { useRecent } from '~/ui/recent'
import { Loaded } from '~/ui/states'
import { Timeline } from '~/ui/Timeline'
import { useFlag } from '~/ui/useFlag'
import { words as uiWords } from '~/ui/words'
import { EditUpdate } from './EditUpdate'
import { updateQuery, useDeleteUpdate } from './queries'
import { Tags } from './Tags'
import { words } from './words'

export function UpdateView({ id }: { id: number }) {
  const { data: update } = useSuspenseQuery(updateQuery(id))
  const own = useMe().id === update.user_id
  const [editing, setEditing] = useFlag('edit')
  useKeys({ e: () => own && setEditing(true) })
  useRecent(pathOf.status_update(id), `${words.number(id)} ${update.title}`)
  return (
    <RecordPage
      title={update.title}
      number={words.number(id)}
      parent={{ to: paths.updates, text: words.title }}
      actions={<Actions id={id} own={own} editing={editing} onEdit={() => setEditing(true)} />}
      facts={<UpdateFacts update={update} />}
      after={
        <Panel title={uiWords.history}>
          <Loaded fallback={<Skeleton height={22} width="min(100%, 260px)" />}>
            <Timeline type="status_update" id={id} />
          </Loaded>
        </Panel>
      }
    >
      {editing && own ? (
        <Panel title={words.editTitle}>
          <EditUpdate update={update} onDone={() => setEditing(false)} />
        </Panel>
      ) : (
        <Panel title={words.text}>
          <Markdown text={update.content} />
        </Panel>
      )}
    </RecordPage>
  )
}

const UpdateFacts = ({ update }: { update: StatusUpdate }) => (
  <Facts>
    <Fact name={words.author}>
      <Person person={update.user} />
    </Fact>
    <Fact name={words.posted_at}>
      <RelativeTime at={update.created_at} focusable />
    </Fact>
    {update.updated_at !== update.created_at && (
      <Fact name={words.edited}>
        <RelativeTime at={update.updated_at} focusable />
      </Fact>
    )}
    <Fact name={words.tags}>{update.tags.length > 0 ? <Tags tags={update.tags} /> : words.notTagged}</Fact>
  </Facts>
)

interface ActionsProps {
  id: number
  own: boolean
  editing: boolean
  onEdit: () => void
}

function Actions({ id, own, editing, onEdit }: ActionsProps) {
  const leave = useLeave()
  const remove = useDeleteUpdate(id, () => {
    say(words.deleted)
    return leave(paths.updates)
  })
  const [asking, setAsking] = useState(false)
  return (
    <>
      {own && !editing && (
        <Button
          variant="default"
          leftSection={<IconEdit size={16} aria-hidden />}
          aria-keyshortcuts="e"
          onClick={onEdit}
        >
          {uiWords.edit}
        </Button>
      )}
      <ActionMenu>
        <Menu.Item
          leftSection={<IconLink size={16} aria-hidden />}
          onClick={() => void copyLink(pathOf.status_update(id))}
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
