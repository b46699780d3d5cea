import { useParams } from 'react-router'
import { UpdateView } from '~/features/updates/UpdateView'
import { Loaded, RecordSkeleton } from '~/ui/states'

export function Page() {
  const id = Number(useParams().id)
  return (
    <Loaded fallback={<RecordSkeleton />} resetKey={String(id)}>
      <UpdateView key={id} id={id} />
    </Loaded>
  )
}
