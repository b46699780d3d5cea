import { Alert, Button, Group } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { words } from './words'

export const ArchivedBanner = ({ onUnarchive, pending }: { onUnarchive: () => void; pending: boolean }) => (
  <Alert icon={<IconArchive size={18} aria-hidden />} color="gray" mb="md">
    <Group justify="space-between">
      {words.archivedBanner}
      <Button size="xs" variant="default" loading={pending} onClick={onUnarchive}>
        {words.unarchive}
      </Button>
    </Group>
  </Alert>
)
