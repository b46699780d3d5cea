import { useParams } from 'react-router'
import { WebhookView } from '~/features/webhooks/WebhookView'
import { AdminOnly } from '~/ui/AdminOnly'

export function Page() {
  const id = Number(useParams().id)
  return (
    <AdminOnly>
      <WebhookView key={id} id={id} />
    </AdminOnly>
  )
}
