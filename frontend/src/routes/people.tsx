import { Button } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { InviteDialog, Invitations } from '~/features/people/Invitations'
import { PeopleTable, peopleSpecs } from '~/features/people/PeopleTable'
import { words } from '~/features/people/words'
import { AdminOnly } from '~/ui/AdminOnly'
import { useKeys } from '~/ui/keys'
import { ListPage } from '~/ui/ListPage'
import { Panel } from '~/ui/Panel'
import { useFlag } from '~/ui/useFlag'

export function Page() {
  return (
    <AdminOnly>
      <People />
    </AdminOnly>
  )
}

function People() {
  const [inviting, setInviting] = useFlag('new')
  useKeys({ c: () => setInviting(true) })
  return (
    <ListPage
      title={words.title}
      specs={peopleSpecs}
      action={
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
          {words.invite}
        </Button>
      }
    >
      <PeopleTable />
      <div style={{ marginTop: 24 }}>
        <Panel title={words.pending}>
          <Invitations />
        </Panel>
      </div>
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
    </ListPage>
  )
}
