import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { useRouteError } from 'react-router'
import { Failure } from '~/ui/states'

/** A page that could not be loaded or drawn, also after a new release took its chunk away. */
export function RouteFailure() {
  const error = useRouteError()
  const { reset } = useQueryErrorResetBoundary()
  return (
    <Failure
      error={error}
      onRetry={() => {
        reset()
        window.location.reload()
      }}
    />
  )
}
