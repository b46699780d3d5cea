import type { Problem } from './generated'

/** What the server refused, as problem+json says it; `status` 0: no answer came at all. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  /** Field to messages, from a 422; `_` for the whole body. */
  readonly errors: Record<string, string[]>
  /** The record as it is now, from a 412. */
  readonly current: unknown
  readonly requestId: string | undefined
  /** Seconds to wait, from a 429 or 503. */
  readonly retryAfter: number | undefined

  constructor(status: number, problem: Partial<Problem> & { current?: unknown } = {}, retryAfter?: number) {
    super(
      problem.detail ??
        (status === 0 ? 'The server can’t be reached. Check your connection.' : 'Something went wrong.'),
    )
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? (status === 0 ? 'unreachable' : 'unknown')
    this.errors = problem.errors ?? {}
    this.current = problem.current
    this.requestId = problem.request_id
    this.retryAfter = retryAfter
  }
}

export const isStatus = (error: unknown, status: number): error is ApiError =>
  error instanceof ApiError && error.status === status

/** Nobody is signed in, any more or yet; a deactivated account is nobody too. */
export const isSignedOut = (error: unknown): boolean =>
  isStatus(error, 401) || (isStatus(error, 403) && error.code === 'user_inactive')

/** One sentence for people, whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong.'
}
