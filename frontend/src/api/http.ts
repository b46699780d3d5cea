/** The generated client, told where the session's CSRF value is and how a refusal becomes an error. */
import { ApiError } from './errors'
import { client } from './generated/client.gen'

const READING = new Set(['GET', 'HEAD'])

/** Undefined: nobody is signed in here. The server sets and takes away this cookie together with the session's. */
export function csrfToken(): string | undefined {
  return document.cookie
    .split('; ')
    .find((cookie) => cookie.startsWith('csrf_access_token='))
    ?.split('=')[1]
}

client.setConfig({ baseUrl: '', throwOnError: true })

client.interceptors.request.use((request) => {
  const token = csrfToken()
  if (token !== undefined && !READING.has(request.method)) request.headers.set('X-CSRF-TOKEN', token)
  return request
})

client.interceptors.error.use((error, response?: Response) => {
  if (error instanceof DOMException && error.name === 'AbortError') return error
  if (response === undefined) return new ApiError(0)
  const retryAfter = Number(response.headers.get('Retry-After') ?? NaN)
  const problem = typeof error === 'object' && error !== null ? error : {}
  return new ApiError(response.status, problem, Number.isNaN(retryAfter) ? undefined : retryAfter)
})
