import { useParams } from 'react-router'
import { SummaryView } from '~/features/summaries/SummaryView'

export function Page() {
  const id = Number(useParams().id)
  return <SummaryView key={id} id={id} />
}
