import { useParams } from 'react-router'
import { DecisionView } from '~/features/decisions/DecisionView'
import { Loaded, RecordSkeleton } from '~/ui/states'

export function Page() {
  const id = Number(useParams().id)
  return (
    <Loaded key={id} fallback={<RecordSkeleton />}>
      <DecisionView id={id} />
    </Loaded>
  )
}
