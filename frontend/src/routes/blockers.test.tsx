import { act, screen, waitFor, within } from '@testing-library/react'
import { delay, http, HttpResponse } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Blocker } from '~/api/generated'
import { blocker } from '~/features/blockers/sample'
import { renderApp } from '../../tests/render'
import { incident } from '../../tests/samples'
import { pageOf, problem, record, server } from '../../tests/server'
import { Page } from './blockers'

beforeEach(() => {
  server.use(
    http.get('*/api/incidents', () => HttpResponse.json(pageOf([incident]))),
    http.get('*/api/incidents/7', () => record(incident)),
    http.get('*/api/status', () => HttpResponse.json(pageOf([]))),
  )
})

function show(items: Blocker[], path = '/blockers') {
  const asked: URLSearchParams[] = []
  server.use(
    http.get('*/api/blockers', ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json(pageOf(items))
    }),
  )
  return { asked, ...renderApp(<Page />, { route: '/blockers', path }) }
}

async function fillIn(user: ReturnType<typeof show>['user']) {
  await user.click(await screen.findByRole('textbox', { name: /What is waiting/ }))
  await user.paste('No test data')
  await user.click(screen.getByRole('textbox', { name: /What it costs/ }))
  await user.paste('QA stands still.')
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Report blocker' }))
}

it('shows what waits with its age, who waits and for what, then what is resolved', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-24T10:00:00Z'))
  show([
    { ...blocker, related_incident_id: 12 },
    {
      ...blocker,
      id: 3,
      description: 'No laptop',
      status: 'resolved',
      created_at: '2026-11-20T09:00:00.000000Z',
      resolved_at: '2026-11-22T10:00:00.000000Z',
    },
  ])

  const list = await screen.findByRole('list', { name: 'Blockers' })
  const [, waiting, , resolved] = within(list).getAllByRole('listitem')

  expect(
    within(list)
      .getAllByRole('heading')
      .map((heading) => heading.textContent),
  ).toEqual(['Waiting', 'Resolved'])
  expect(within(list).getByRole('link', { name: 'No access to staging' })).toHaveAttribute(
    'href',
    '/blockers/7',
  )
  expect(waiting).toHaveTextContent(/6 d.*for INC-12.*The release waits\..*Sam Lee/)
  expect(resolved).toHaveTextContent(/Resolved.*took 2 d/)
  vi.restoreAllMocks()
})

it('says what belongs here when there is nothing', async () => {
  const { user } = show([])

  expect(await screen.findByText('No blockers')).toBeVisible()
  await user.click(screen.getAllByRole('button', { name: 'Report blocker' })[0] as HTMLElement)

  expect(await screen.findByRole('dialog', { name: 'Report a blocker' })).toBeVisible()
})

it('opens the form with a key', async () => {
  const { user } = show([blocker])
  await screen.findByRole('list', { name: 'Blockers' })

  await user.keyboard('c')

  expect(await screen.findByRole('dialog', { name: 'Report a blocker' })).toBeVisible()
})

it('asks for what the URL filters', async () => {
  const { asked } = show(
    [],
    '/blockers?status=active&reported_by_id=2&archived=true&start_date=2026-11-01&search=staging',
  )

  expect(await screen.findByText('Nothing matches')).toBeVisible()
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
    status: 'active',
    reported_by_id: '2',
    archived: 'true',
    start_date: '2026-11-01',
    search: 'staging',
  })
})

it('offers to try again after a failure', async () => {
  const { user } = show([blocker])
  server.use(
    http.get('*/api/blockers', () => problem(500, 'Something went wrong on our side'), { once: true }),
  )

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'No access to staging' })).toBeVisible()
})

it('shows a new one at once, and sends the incident of the link', async () => {
  let sent: unknown
  let key: string | null = null
  let answer: () => void = () => undefined
  const { user, router } = show([], '/blockers?new&incident=7')
  server.use(
    http.post('*/api/blockers', async ({ request }) => {
      key = request.headers.get('Idempotency-Key')
      sent = await request.json()
      await new Promise<void>((resolve) => (answer = resolve))
      return record({ ...blocker, id: 8, description: 'No test data' })
    }),
  )
  await waitFor(() =>
    expect(screen.getByRole('combobox', { name: 'Linked incident' })).toHaveValue('INC-7 Checkout is slow'),
  )

  await fillIn(user)

  const row = (await screen.findByText('No test data')).closest('li')
  expect(row).toHaveAttribute('data-pending')
  expect(screen.queryByRole('dialog')).toBeNull()
  await waitFor(() => expect(sent).toBeDefined())
  answer()
  expect(await screen.findByText('BLK-8 is reported')).toBeVisible()
  expect(sent).toEqual({
    description: 'No test data',
    impact: 'QA stands still.',
    related_incident_id: 7,
    related_status_id: null,
  })
  expect(key).toMatch(/.{8,}/)
  await waitFor(() => expect(router.state.location.search).toBe(''))
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('takes a refused one back, with the text and the reason', async () => {
  const { user } = show([blocker], '/blockers?new')
  server.use(
    http.post('*/api/blockers', async () => {
      await delay(20)
      return problem(422, 'Some fields are wrong', { errors: { impact: ['Say a little more.'] } })
    }),
  )

  await fillIn(user)

  expect(await screen.findByText('Say a little more.')).toBeVisible()
  expect(screen.getByRole('textbox', { name: /What is waiting/ })).toHaveValue('No test data')
  expect(screen.getByRole('textbox', { name: /What it costs/ })).toHaveAccessibleDescription(/Say a little/)
  expect(screen.queryByRole('link', { name: 'No test data' })).toBeNull()
})

it('says that one was refused to whoever went elsewhere, and keeps the text', async () => {
  let answer: () => void = () => undefined
  const { user, router } = show([blocker], '/blockers?new')
  server.use(
    http.post('*/api/blockers', async () => {
      await new Promise<void>((resolve) => (answer = resolve))
      return problem(503, 'The database is away')
    }),
  )
  await fillIn(user)
  await screen.findByText('No test data')

  await act(() => router.navigate('/elsewhere'))
  answer()
  expect(await screen.findByText('The database is away')).toBeVisible()
  await act(() => router.navigate('/blockers?new'))

  expect(await screen.findByRole('textbox', { name: /What is waiting/ })).toHaveValue('No test data')
})

it('sends nothing that is blank', async () => {
  const { user } = show([], '/blockers?new')

  await screen.findByRole('textbox', { name: /What is waiting/ })
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Report blocker' }))

  expect(screen.getAllByText('Please fill this in.')).toHaveLength(2)
})

it('finds open incidents by their title', async () => {
  const asked: URLSearchParams[] = []
  const { user } = show([], '/blockers?new')
  server.use(
    http.get('*/api/incidents', ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json(pageOf([incident]))
    }),
  )

  await user.type(await screen.findByRole('combobox', { name: 'Linked incident' }), 'check')
  await waitFor(() => expect(asked.map((query) => query.get('search'))).toContain('check'))
  await user.click(await screen.findByRole('option', { name: 'INC-7 Checkout is slow' }))

  expect(screen.getByRole('combobox', { name: 'Linked incident' })).toHaveValue('INC-7 Checkout is slow')
  expect(asked[0]?.getAll('status').join(',')).toBe('open,in_progress')
})
