import { Button, Menu } from '@mantine/core'
import { IconArchive, IconEdit, IconLink, IconTrash } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useIsAdmin, useMe } from '~/api/session'
import { ActionMenu } from '~/ui/ActionMenu'
import { ArchivedBanner } from '~/ui/ArchivedBanner'
import { ConfirmDelete } from '~/ui/ConfirmDelete'
import { copyLink } from '~/ui/copy'
import { useKeys } from '~/ui/keys'
import { useLeave } from '~/ui/leave'
import { Markdown } from '~/ui/markdown/Markdown'
import { say, sayFailure } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { pathOf, paths } from '~/ui/paths'
import { RecordPage } from '~/ui/RecordPage'
import { useRecent } from '~/ui/recent'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { Timeline } from '~/ui/Timeline'
import { useFlag } from '~/ui/useFlag'
import { words as uiWords } from '~/ui/words'
import { EditIncident } from './EditIncident'
import { IncidentFacts } from './IncidentFacts'
import { incidentQuery, useArchive, useAssign, useDeleteIncident } from './queries'
import { Stepper } from './Stepper'
import { words } from './words'

/** One screen with everything. `blockers`: what the route puts between description and timeline. */
export function IncidentView({ id, blockers }: { id: number; blockers: (readOnly: boolean) => ReactNode }) {
  const { data: incident } = useSuspenseQuery(incidentQuery(id))
  const me = useMe()
  const [editing, setEditing] = useFlag('edit')
  const assign = useAssign(id)
  const archive = useArchive(id)
  useRecent(pathOf.incident(id), `${words.number(id)} ${incident.title}`)

  const writable = !incident.archived
  const assignToMe = () => {
    if (writable && incident.assigned_to_id !== me.id) assign.mutate(me.id, { onError: sayFailure })
  }
  useKeys({ a: assignToMe, e: () => writable && setEditing(true) })
  const unarchive = () => archive.mutate(false, { onError: sayFailure })

  return (
    <RecordPage
      title={incident.title}
      number={words.number(id)}
      parent={{ to: paths.incidents, text: words.title }}
      actions={
        <Actions
          archived={incident.archived}
          id={id}
          onEdit={() => setEditing(true)}
          onArchive={() =>
            archive.mutate(true, {
              onSuccess: () => say(uiWords.archivedNow, unarchive),
              onError: sayFailure,
            })
          }
        />
      }
      banner={incident.archived && <ArchivedBanner onUnarchive={unarchive} pending={archive.isPending} />}
      facts={
        <IncidentFacts incident={incident} onAssign={(to) => assign.mutate(to, { onError: sayFailure })} />
      }
      after={
        <>
          {blockers(!writable)}
          <Panel title={words.timeline}>
            <Loaded fallback={<RowsSkeleton rows={3} />}>
              <Timeline type="incident" id={id} />
            </Loaded>
          </Panel>
        </>
      }
    >
      <Stepper incident={incident} />
      {editing && writable ? (
        <EditIncident incident={incident} onDone={() => setEditing(false)} />
      ) : (
        <Panel title={words.description}>
          <Markdown text={incident.description} />
        </Panel>
      )}
      {incident.resolution_notes !== null && incident.resolution_notes !== '' && (
        <Panel title={words.notes}>
          <Markdown text={incident.resolution_notes} />
        </Panel>
      )}
    </RecordPage>
  )
}

interface ActionsProps {
  id: number
  archived: boolean
  onEdit: () => void
  onArchive: () => void
}

function Actions({ id, archived, onEdit, onArchive }: ActionsProps) {
  const isAdmin = useIsAdmin()
  const leave = useLeave()
  const remove = useDeleteIncident(id, () => leave(paths.incidents))
  const [asking, setAsking] = useState(false)
  return (
    <>
      {!archived && (
        <Button variant="default" leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
          {uiWords.edit}
        </Button>
      )}
      <ActionMenu>
        <Menu.Item
          leftSection={<IconLink size={16} aria-hidden />}
          onClick={() => void copyLink(pathOf.incident(id))}
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
        onConfirm={() => remove.mutate(undefined, { onError: sayFailure })}
      />
    </>
  )
}
