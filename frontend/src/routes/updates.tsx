import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Composer } from '~/features/updates/Composer'
import { UpdateFeed, updateSpecs } from '~/features/updates/UpdateFeed'
import { words } from '~/features/updates/words'
import { useKeys } from '~/ui/keys'
import { ListPage } from '~/ui/ListPage'
import { useFlag } from '~/ui/useFlag'

export function Page() {
  const [composing, setComposing] = useFlag('new')
  useKeys({ c: () => setComposing(true) })
  return (
    <ListPage
      title={words.title}
      specs={updateSpecs}
      action={
        !composing && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setComposing(true)}>
            {words.post}
          </Button>
        )
      }
      above={
        <Composer opened={composing} onOpen={() => setComposing(true)} onClose={() => setComposing(false)} />
      }
    >
      <UpdateFeed onPost={() => setComposing(true)} />
    </ListPage>
  )
}
