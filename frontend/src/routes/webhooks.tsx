import { Button, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { AddWebhook } from '~/features/webhooks/AddWebhook'
import { WebhookList } from '~/features/webhooks/WebhookList'
import { words } from '~/features/webhooks/words'
import { AdminOnly } from '~/ui/AdminOnly'
import { useKeys } from '~/ui/keys'
import { Page as UiPage } from '~/ui/Page'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { useFlag } from '~/ui/useFlag'

export function Page() {
  return (
    <AdminOnly>
      <Webhooks />
    </AdminOnly>
  )
}

function Webhooks() {
  const [adding, setAdding] = useFlag('new')
  useKeys({ c: () => setAdding(true) })
  return (
    <UiPage
      title={words.title}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {words.add}
        </Button>
      }
    >
      <Text c="dimmed" mb="sm">
        {words.hint}
      </Text>
      <Loaded fallback={<RowsSkeleton />}>
        <WebhookList onAdd={() => setAdding(true)} />
      </Loaded>
      <AddWebhook opened={adding} onClose={() => setAdding(false)} />
    </UiPage>
  )
}
