import type { ReactNode } from 'react'
import { ApiError } from '~/api/errors'
import { useIsAdmin } from '~/api/session'
import { Failure } from './states'

const forbidden = new ApiError(403)

/** The server refuses anyway; this says so before anything is asked. */
export const AdminOnly = ({ children }: { children: ReactNode }) =>
  useIsAdmin() ? children : <Failure error={forbidden} />
