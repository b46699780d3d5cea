import { useParams } from 'react-router'
import { LinkedBlockers } from '~/features/blockers/LinkedBlockers'
import { IncidentView } from '~/features/incidents/IncidentView'

export function Page() {
  const id = Number(useParams().id)
  return (
    <IncidentView
      key={id}
      id={id}
      blockers={(readOnly) => <LinkedBlockers incidentId={id} readOnly={readOnly} />}
    />
  )
}
