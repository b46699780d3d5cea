import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Blocker, Content, Incident, Notification, StatusUpdate, TrendDay } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { ada, admin, nested, pageOf, problem, sam, server, signedInAs } from '../../tests/server'
import { Page } from './today'

const at = '2026-11-24T09:00:00.000000Z'
const beside = { day_before: 0, seven_day_mean: 0 }
const quiet: Content = {
  incidents: [],
  incidents_opened: [],
  incidents_resolved: [],
  blockers: [],
  status_updates: [],
  recent_decisions: [],
  no_update_from: [],
  statistics: {
    active_incidents: 0,
    critical_incidents: 0,
    incidents_opened: 0,
    incidents_resolved: 0,
    median_hours_to_resolve: null,
    active_blockers: 0,
    total_status_updates: 0,
    decisions_last_7_days: 0,
    trends: {
      active_incidents: beside,
      critical_incidents: beside,
      incidents_opened: beside,
      incidents_resolved: beside,
      active_blockers: beside,
      total_status_updates: beside,
      decisions_last_7_days: beside,
    },
  },
  left_out: {
    incidents: 0,
    incidents_opened: 0,
    incidents_resolved: 0,
    blockers: 0,
    status_updates: 0,
    recent_decisions: 0,
    no_update_from: 0,
  },
}
const samInShort = { id: sam.id, full_name: sam.full_name }
const busy: Content = {
  ...quiet,
  incidents: [42, 43, 44, 45, 46, 47].map((id) => ({
    id,
    title: `Incident ${String(id)}`,
    severity: id === 42 ? 'critical' : 'low',
    status: 'open',
    assigned_to: id === 42 ? samInShort : null,
    created_at: at,
    hours_to_resolve: null,
  })),
  blockers: [
    {
      id: 3,
      description: 'No staging access',
      status: 'active',
      reported_by: samInShort,
      created_at: at,
      age_hours: 144,
    },
  ],
  recent_decisions: [{ id: 8, title: 'Adopt Valkey', decision_date: '2026-11-24' }],
  no_update_from: [samInShort],
  statistics: { ...quiet.statistics, active_incidents: 8, active_blockers: 1 },
  left_out: { ...quiet.left_out, incidents: 2 },
}
const said: StatusUpdate = {
  id: 4,
  user_id: sam.id,
  title: 'Shipped the importer',
  content: 'It reads everything.',
  tags: ['release'],
  created_at: at,
  updated_at: at,
  user: nested(sam),
}
const incident: Incident = {
  id: 42,
  title: 'Checkout errors',
  description: 'Since noon.',
  severity: 'high',
  status: 'open',
  resolution_notes: null,
  archived: false,
  reported_by_id: sam.id,
  assigned_to_id: ada.id,
  created_at: at,
  updated_at: at,
  resolved_at: null,
  reported_by: nested(sam),
  assigned_to: nested(ada),
}
const blocker: Blocker = {
  id: 7,
  description: 'Waiting for the API key\n\nSince Monday.',
  impact: 'No payments',
  status: 'active',
  resolution_notes: null,
  archived: false,
  reported_by_id: ada.id,
  related_status_id: null,
  related_incident_id: null,
  created_at: at,
  updated_at: at,
  resolved_at: null,
  reported_by: nested(ada),
}
const mention: Notification = {
  id: 1,
  event: 'user.mentioned',
  subject_type: 'status_update',
  subject_id: 4,
  title: 'Queue migration',
  body: 'You were mentioned',
  url: '/updates/4',
  is_read: false,
  actor: nested(sam),
  created_at: at,
}
const trendOf = (days: number): TrendDay[] =>
  Array.from({ length: days }, (_, index) => ({
    date: new Date(Date.UTC(2026, 9, 26 + index)).toISOString().slice(0, 10),
    status_updates: index === 0 ? 3 : 1,
    incidents_opened: 1,
    incidents_resolved: 0,
    active_blockers: 1,
    median_blocker_age_hours: 48,
  }))

interface Answers {
  today?: Content
  updates?: StatusUpdate[]
  incidents?: Incident[]
  blockers?: Blocker[]
  entries?: Notification[]
  posted?: boolean
}

function show({
  today = quiet,
  updates = [],
  incidents = [],
  blockers = [],
  entries = [],
  posted = true,
}: Answers) {
  server.use(
    http.get('*/api/summaries/today', () => HttpResponse.json(today)),
    http.get('*/api/summaries/trends', ({ request }) =>
      HttpResponse.json(trendOf(Number(new URL(request.url).searchParams.get('days')))),
    ),
    http.get('*/api/status', ({ request }) =>
      HttpResponse.json(
        pageOf(new URL(request.url).searchParams.has('author_id') ? (posted ? [said] : []) : updates),
      ),
    ),
    http.get('*/api/incidents', () => HttpResponse.json(pageOf(incidents))),
    http.get('*/api/blockers', () => HttpResponse.json(pageOf(blockers))),
    http.get('*/api/notifications', () =>
      HttpResponse.json({ ...pageOf(entries), unread_count: entries.length }),
    ),
  )
  return renderApp(<Page />, { route: '/', path: '/' })
}

const panel = (name: string) => screen.findByRole('region', { name })
const hour = (value: number) => vi.spyOn(Date.prototype, 'getHours').mockReturnValue(value)

beforeEach(() => {
  // Charts are drawn into a box that has a size.
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 280, 110))
  server.use(signedInAs({ ...ada, timezone: 'Europe/Paris' }))
})
afterEach(() => {
  vi.restoreAllMocks()
})

it.each([
  [9, 'Good morning, Ada.'],
  [14, 'Good afternoon, Ada.'],
  [20, 'Good evening, Ada.'],
])('greets at %i o’clock with %s', async (value, greeting) => {
  hour(value)
  show({ today: busy, updates: [said] })

  expect(await screen.findByRole('heading', { level: 1, name: greeting })).toBeVisible()
})

it('says the day in a sentence', async () => {
  show({ today: busy, updates: [said] })

  expect((await screen.findByText(/people have posted/)).textContent).toBe(
    '8 incidents are open, 1 blocker is waiting, 1 of 2 people have posted.',
  )
})

it('lists what needs me: my incidents, my blockers, my unread mentions', async () => {
  const other: Notification = { ...mention, id: 2, event: 'summary.generated', title: 'Summary', actor: null }
  show({ updates: [said], incidents: [incident], blockers: [blocker], entries: [mention, other] })

  const links = within(await panel('Needs you')).getAllByRole('link')

  expect(links.map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
    ['Checkout errors', '/incidents/42'],
    ['Waiting for the API key', '/blockers/7'],
    ['Queue migration', '/updates/4'],
  ])
  expect(screen.getByText('Sam Lee mentioned you')).toBeVisible()
})

it('reads a mention that is opened', async () => {
  let read: unknown
  const { user } = show({ updates: [said], entries: [mention] })
  server.use(
    http.patch('*/api/notifications/1', async ({ request }) => {
      read = await request.json()
      return HttpResponse.json({ ...mention, is_read: true })
    }),
  )

  await user.click(await screen.findByRole('link', { name: 'Queue migration' }))

  await waitFor(() => expect(read).toEqual({ is_read: true }))
})

it('cuts a long list with a link to the rest', async () => {
  show({ today: busy, updates: [said] })

  const incidents = await panel('Open incidents')

  expect(within(incidents).getByRole('link', { name: 'Incident 46' })).toBeVisible()
  expect(within(incidents).queryByRole('link', { name: 'Incident 47' })).toBeNull()
  expect(within(incidents).getByRole('link', { name: '3 more in Incidents' })).toHaveAttribute(
    'href',
    '/incidents?status=open,in_progress',
  )
})

it('shows blockers with their age, what was said, who was silent and what was decided', async () => {
  show({ today: busy, updates: [said] })

  expect(within(await panel('Active blockers')).getByText('6 d')).toBeVisible()
  expect(within(await panel('Said lately')).getByRole('link', { name: 'Shipped the importer' })).toBeVisible()
  expect(within(await panel('Said lately')).getByRole('link', { name: '#release' })).toHaveAttribute(
    'href',
    '/updates?tags=release',
  )
  expect(within(await panel('Not heard from')).getByText('Sam Lee')).toBeVisible()
  expect(within(await panel('Decided this week')).getByRole('link', { name: 'Adopt Valkey' })).toBeVisible()
})

it('gives the trends in words and numbers too, over 14 or 30 days', async () => {
  const { user } = show({ today: busy, updates: [said] })

  expect(await screen.findByText(/16 updates in 14 days/)).toBeVisible()
  expect(screen.getByText(/14 opened, 0 resolved/)).toBeVisible()
  expect(within(screen.getByRole('table', { name: 'Updates' })).getAllByRole('row')).toHaveLength(15)
  await user.click(screen.getByRole('radio', { name: '30 days' }))

  expect(await screen.findByText(/32 updates in 30 days/)).toBeVisible()
})

it('offers a first step in an empty workspace, and inviting to administrators', async () => {
  server.use(signedInAs({ ...admin, timezone: 'Europe/Paris' }))
  const { user } = show({})

  expect(await screen.findByText(/where your team’s day will stand/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Invite people' })).toHaveAttribute('href', '/admin/people')
  expect(screen.queryByRole('region', { name: 'Open incidents' })).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Post update' }))

  expect(await screen.findByRole('form', { name: 'New update' })).toBeVisible()
})

it('does not offer members to invite', async () => {
  show({})
  await screen.findByText(/where your team’s day will stand/)

  expect(screen.queryByRole('link', { name: 'Invite people' })).toBeNull()
})

it('shows the rest when a part fails, and tries that part again', async () => {
  const { user } = show({ updates: [said], incidents: [incident] })
  server.use(http.get('*/api/incidents', () => problem(500, 'Incidents are away'), { once: true }))

  expect(await screen.findByText('Incidents are away')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Shipped the importer' })).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'Checkout errors' })).toBeVisible()
})

it('shows a post of mine at once and takes it back when it is refused', async () => {
  const { user } = show({ updates: [said] })
  let refuse: () => void = () => undefined
  const held = new Promise<void>((resolve) => (refuse = resolve))
  server.use(
    http.post('*/api/status', async () => {
      await held
      return problem(503, 'The database is away')
    }),
  )
  await user.click(await screen.findByRole('button', { name: 'What are you working on?' }))
  await user.type(await screen.findByRole('textbox', { name: /Title/ }), 'Fixed the queue')
  await user.type(await screen.findByRole('textbox', { name: /What happened/ }), 'A lock.')
  await user.keyboard('{Control>}{Enter}{/Control}')

  expect(
    (await within(await panel('Said lately')).findByRole('heading', { name: 'Fixed the queue' })).closest(
      'li',
    ),
  ).toHaveAttribute('data-pending')
  refuse()

  expect(await screen.findByText('The database is away')).toBeVisible()
  expect(screen.getByRole('textbox', { name: /What happened/ })).toHaveValue('A lock.')
  expect(screen.queryByRole('heading', { name: 'Fixed the queue' })).toBeNull()
})

it('gives newcomers two steps, which can be hidden for good', async () => {
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({
    ...Intl.DateTimeFormat().resolvedOptions(),
    timeZone: 'Europe/Paris',
  })
  server.use(signedInAs(ada))
  const { user } = show({ updates: [said], posted: false })

  const steps = await panel('Two steps to begin with')
  expect(within(steps).getByRole('link', { name: 'Set your time zone' })).toHaveAttribute('href', '/profile')
  expect(within(steps).getAllByRole('img', { name: 'To do' })).toHaveLength(2)
  await user.click(within(steps).getByRole('button', { name: 'Hide these steps' }))

  await waitFor(() => expect(screen.queryByRole('region', { name: 'Two steps to begin with' })).toBeNull())
  expect(localStorage.getItem('asyncops.first-steps.1')).toBe('true')
})

it('ticks off the step that is done', async () => {
  show({ updates: [said], posted: false })

  const steps = await panel('Two steps to begin with')
  expect(within(steps).getByText('Set your time zone')).toBeVisible()
  expect(within(steps).queryByRole('link', { name: 'Set your time zone' })).toBeNull()
})

it('has no steps for who has done both', async () => {
  show({ updates: [said] })
  await panel('Said lately')

  expect(screen.queryByRole('region', { name: 'Two steps to begin with' })).toBeNull()
})
