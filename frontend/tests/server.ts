/** The API as the tests' pages see it. What every page asks is answered here; a test adds its own with `server.use`. */
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import type { Person, User, UserToPick } from '~/api/generated'

const at = '2026-11-24T09:00:00.000000Z'

export const ada: User = {
  id: 1,
  email: 'ada@example.org',
  full_name: 'Ada Park',
  role: 'member',
  is_active: true,
  timezone: 'UTC',
  created_at: at,
  updated_at: at,
}
export const sam: User = { ...ada, id: 2, email: 'sam@example.org', full_name: 'Sam Lee' }
export const admin: User = { ...ada, role: 'admin' }

/** As other records nest a person. */
export const nested = ({ id, email, full_name, role, is_active }: User): Person => ({
  id,
  email,
  full_name,
  role,
  is_active,
})

const toPick = (user: User): UserToPick => ({ ...user, mention: `@${user.email.split('@')[0] ?? ''}` })

export const pageOf = <T>(items: T[], next_cursor: string | null = null) => ({
  items,
  limit: 20,
  next_cursor,
  page: 1,
  pages: 1,
  total: items.length,
  total_is_capped: false,
})

export function problem(status: number, detail: string, more: Record<string, unknown> = {}) {
  return HttpResponse.json(
    { type: 'about:blank', title: 'Refused', status, detail, code: 'refused', request_id: 'r1', ...more },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  )
}

/** A record with its ETag. */
export const record = (body: object, version = 1) =>
  HttpResponse.json(body, { headers: { ETag: `"v${String(version)}"` } })

export const signedInAs = (user: User) => http.get('*/api/users/me', () => record(user))

export const server = setupServer(
  signedInAs(ada),
  http.get('*/api/users/for-assignment', () => HttpResponse.json([toPick(ada), toPick(sam)])),
  http.get('*/api/activity', () => HttpResponse.json(pageOf([]))),
  http.get('*/api/notifications', () => HttpResponse.json({ ...pageOf([]), unread_count: 0 })),
)
