import { useParams } from 'react-router'
import { BlockerView } from '~/features/blockers/BlockerView'

export function Page() {
  const id = Number(useParams().id)
  return <BlockerView key={id} id={id} />
}
