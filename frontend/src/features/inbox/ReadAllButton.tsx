import { Button } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { unreadQuery } from '~/api/inbox'
import { useReadAll } from './queries'
import { words } from './words'

export function ReadAllButton() {
  const { data: unread = 0 } = useQuery(unreadQuery)
  const { mutate } = useReadAll()
  return (
    <Button
      variant="default"
      leftSection={<IconChecks size={16} aria-hidden />}
      disabled={unread === 0}
      onClick={() => mutate(null)}
    >
      {words.readAll}
    </Button>
  )
}
