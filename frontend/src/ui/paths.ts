/** Addresses inside the application. The server's links to records (`url`) are the same. */
export const paths = {
  today: '/',
  updates: '/updates',
  incidents: '/incidents',
  blockers: '/blockers',
  decisions: '/decisions',
  summaries: '/summaries',
  search: '/search',
  inbox: '/inbox',
  profile: '/profile',
  notifications: '/notifications',
  people: '/admin/people',
  webhooks: '/admin/webhooks',
  activity: '/admin/activity',
  jobs: '/admin/jobs',
  apiDocs: '/api/docs',
  register: '/register',
  forgotPassword: '/forgot-password',
} as const

export const pathOf = {
  status_update: (id: number) => `${paths.updates}/${id}`,
  incident: (id: number) => `${paths.incidents}/${id}`,
  blocker: (id: number) => `${paths.blockers}/${id}`,
  decision: (id: number) => `${paths.decisions}/${id}`,
  summary: (id: number) => `${paths.summaries}/${id}`,
  webhook: (id: number) => `${paths.webhooks}/${id}`,
  user: () => paths.people,
} as const satisfies Record<string, (id: number) => string>

export function signInPath(next: string, { expired = false } = {}): string {
  const query = new URLSearchParams()
  if (next !== '/') query.set('next', next)
  if (expired) query.set('expired', '1')
  const text = query.toString()
  return text === '' ? '/sign-in' : `/sign-in?${text}`
}

/** Where to go after signing in: a path of this application, never another site. */
export function safeNext(next: string | null): string {
  if (next === null || !next.startsWith('/')) return '/'
  try {
    const target = new URL(next, window.location.origin)
    return target.origin === window.location.origin && !next.startsWith('//') && !next.startsWith('/\\')
      ? target.pathname + target.search + target.hash
      : '/'
  } catch {
    return '/'
  }
}
