import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { BlockerList, blockerSpecs } from '~/features/blockers/BlockerList'
import { ReportBlocker } from '~/features/blockers/ReportBlocker'
import { words } from '~/features/blockers/words'
import { useKeys } from '~/ui/keys'
import { ListPage } from '~/ui/ListPage'
import { useFilters } from '~/ui/useFilters'
import { useFlag } from '~/ui/useFlag'

export function Page() {
  const [creating, setCreating] = useFlag('new')
  // `?new&incident=12`: the form starts with that incident.
  const { number, set } = useFilters()
  useKeys({ c: () => setCreating(true) })
  return (
    <>
      <ListPage
        title={words.title}
        specs={blockerSpecs}
        archivable
        action={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            {words.report}
          </Button>
        }
      >
        <BlockerList onReport={() => setCreating(true)} />
      </ListPage>
      <ReportBlocker
        opened={creating}
        onClose={() => set({ new: null, incident: null })}
        incident={number('incident')}
      />
    </>
  )
}
