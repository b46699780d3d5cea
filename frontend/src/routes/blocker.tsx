import { useParams } from 'react-router'
import { BlockerView } from '~/features/blockers/BlockerView'
import { Loaded, RecordSkeleton } from '~/ui/states'

export function Page() {
  const id = Number(useParams().id)
  return (
    <Loaded key={id} fallback={<RecordSkeleton />}>
      <BlockerView id={id} />
    </Loaded>
  )
}
