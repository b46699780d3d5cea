import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { DecisionList, decisionSpecs } from '~/features/decisions/DecisionList'
import { RecordDecision } from '~/features/decisions/RecordDecision'
import { words } from '~/features/decisions/words'
import { useKeys } from '~/ui/keys'
import { ListPage } from '~/ui/ListPage'
import { useFlag } from '~/ui/useFlag'

export function Page() {
  const [creating, setCreating] = useFlag('new')
  useKeys({ c: () => setCreating(true) })
  return (
    <>
      <ListPage
        title={words.title}
        specs={decisionSpecs}
        action={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            {words.record}
          </Button>
        }
      >
        <DecisionList onRecord={() => setCreating(true)} />
      </ListPage>
      <RecordDecision opened={creating} onClose={() => setCreating(false)} />
    </>
  )
}
