import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { IncidentList, incidentSpecs } from '~/features/incidents/IncidentList'
import { ReportIncident } from '~/features/incidents/ReportIncident'
import { words } from '~/features/incidents/words'
import { useKeys } from '~/ui/keys'
import { ListPage } from '~/ui/ListPage'
import { useFlag } from '~/ui/useFlag'

export function Page() {
  const [creating, setCreating] = useFlag('new')
  useKeys({ c: () => setCreating(true) })
  return (
    <ListPage
      title={words.title}
      specs={incidentSpecs}
      archivable
      action={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
          {words.report}
        </Button>
      }
    >
      <IncidentList onReport={() => setCreating(true)} />
      <ReportIncident opened={creating} onClose={() => setCreating(false)} />
    </ListPage>
  )
}
