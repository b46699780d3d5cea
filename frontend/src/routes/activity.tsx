import { Text } from '@mantine/core'
import { activitySpecs, Ledger } from '~/features/activity/Ledger'
import { words } from '~/features/activity/words'
import { ListPage } from '~/ui/ListPage'

export function Page() {
  return (
    <ListPage
      title={words.title}
      specs={activitySpecs}
      searchable={false}
      above={
        <Text c="dimmed" mb="sm">
          {words.hint}
        </Text>
      }
    >
      <Ledger />
    </ListPage>
  )
}
