import { SegmentedControl } from '@mantine/core'
import { FreshInbox, WholeInbox } from '~/features/inbox/InboxList'
import { ReadAllButton } from '~/features/inbox/ReadAllButton'
import { words } from '~/features/inbox/words'
import { Page as Frame } from '~/ui/Page'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { useFilters } from '~/ui/useFilters'

export function Page() {
  const filters = useFilters()
  const all = filters.text('show') === 'all'
  const show = (what: string) => filters.set({ show: what === 'all' ? 'all' : null })
  return (
    <Frame title={words.title} narrow actions={<ReadAllButton />}>
      <SegmentedControl
        aria-label={words.show}
        mb="sm"
        size="xs"
        data={[
          { value: 'unread', label: words.unread },
          { value: 'all', label: words.all },
        ]}
        value={all ? 'all' : 'unread'}
        onChange={show}
      />
      <Loaded fallback={<RowsSkeleton />} resetKey={String(all)}>
        {all ? <WholeInbox /> : <FreshInbox onShowAll={() => show('all')} />}
      </Loaded>
    </Frame>
  )
}
