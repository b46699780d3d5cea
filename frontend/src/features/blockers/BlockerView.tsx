import { useSuspenseQuery } from '@tanstack/react-query'
import type { Blocker } from '~/api/generated'
import { ArchivedBanner } from '~/ui/ArchivedBanner'
import { useKeys } from '~/ui/keys'
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
import { BlockerActions } from './BlockerActions'
import { BlockerFacts } from './BlockerFacts'
import { EditBlocker } from './EditBlocker'
import { headingOf } from './heading'
import { blockerQuery, useArchive } from './queries'
import { State } from './State'
import { words } from './words'

export function BlockerView({ id }: { id: number }) {
  const { data: blocker } = useSuspenseQuery(blockerQuery(id))
  const [editing, setEditing] = useFlag('edit')
  const archive = useArchive(id)
  const heading = headingOf(blocker.description)
  useRecent(pathOf.blocker(id), `${words.number(id)} ${heading}`)

  const writable = !blocker.archived
  useKeys({ e: () => writable && setEditing(true) })
  const unarchive = () => archive.mutate(false, { onError: sayFailure })

  return (
    <RecordPage
      title={heading}
      number={words.number(id)}
      parent={{ to: paths.blockers, text: words.title }}
      actions={
        <BlockerActions
          blocker={blocker}
          onEdit={() => setEditing(true)}
          onArchive={() =>
            archive.mutate(true, {
              onSuccess: () => say(uiWords.archivedNow, unarchive),
              onError: sayFailure,
            })
          }
        />
      }
      banner={blocker.archived && <ArchivedBanner onUnarchive={unarchive} pending={archive.isPending} />}
      facts={<BlockerFacts blocker={blocker} />}
      after={
        <Panel title={words.history}>
          <Loaded fallback={<RowsSkeleton rows={3} />}>
            <Timeline type="blocker" id={id} />
          </Loaded>
        </Panel>
      }
    >
      <State blocker={blocker} />
      {editing && writable ? (
        <EditBlocker blocker={blocker} onDone={() => setEditing(false)} />
      ) : (
        <Texts blocker={blocker} heading={heading} />
      )}
    </RecordPage>
  )
}

function Texts({ blocker, heading }: { blocker: Blocker; heading: string }) {
  return (
    <>
      {/* One plain line stands above the page already. */}
      {blocker.description.trim() !== heading && (
        <Panel title={words.description}>
          <Markdown text={blocker.description} />
        </Panel>
      )}
      <Panel title={words.impact}>
        <Markdown text={blocker.impact} />
      </Panel>
      {blocker.resolution_notes !== null && blocker.resolution_notes !== '' && (
        <Panel title={words.notes}>
          <Markdown text={blocker.resolution_notes} />
        </Panel>
      )}
    </>
  )
}
