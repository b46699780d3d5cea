import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { isStatus } from '~/api/errors'
import { todayQuery } from '~/api/today'
import { words } from './words'

/** The query that runs each minute tells whether the server is there. */
export function Offline() {
  const { error } = useQuery(todayQuery)
  if (!isStatus(error, 0) && !isStatus(error, 503)) return null
  return (
    <Alert color="yellow" role="status" radius={0}>
      {words.offline}
    </Alert>
  )
}
