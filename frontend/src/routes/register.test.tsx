import { screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Config } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { ada, problem, record, server } from '../../tests/server'
import { Page } from './register'

const config = (registration: Config['registration']) =>
  http.get('*/api/config', () => HttpResponse.json({ workspace_name: 'Velo Tools', registration }))

let sent: { path: string; body: unknown; key: string | null }[] = []

const accept =
  (status: number, answer: () => Response) =>
  async ({ request }: { request: Request }) => {
    sent.push({
      path: `${request.method} ${new URL(request.url).pathname}`,
      body: await request.clone().json(),
      key: request.headers.get('Idempotency-Key'),
    })
    return status < 400 ? answer() : problem(status, 'Refused')
  }

beforeEach(() => {
  sent = []
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({
    ...new Intl.DateTimeFormat().resolvedOptions(),
    timeZone: 'Europe/Madrid',
  })
  server.use(
    http.get('*/api/users/me', () => problem(401, 'Sign in first')),
    http.post(
      '*/api/auth/register',
      accept(201, () => HttpResponse.json(ada, { status: 201 })),
    ),
    http.post(
      '*/api/auth/login',
      accept(200, () =>
        HttpResponse.json({ access_token: 't', token_type: 'bearer', expires_in: 60, user: ada }),
      ),
    ),
    http.patch(
      '*/api/users/me',
      accept(200, () => record(ada)),
    ),
  )
  return () => vi.restoreAllMocks()
})

const show = (path = '/register') => renderApp(<Page />, { route: '/register', path })

async function fill(user: ReturnType<typeof show>['user'], password = 'rain7boat-lamp') {
  await user.type(await screen.findByRole('textbox', { name: 'Your name' }), 'Ada Park')
  await user.type(screen.getByRole('textbox', { name: 'E-mail' }), 'ada@example.org')
  await user.type(screen.getByLabelText('Password'), password)
  await user.click(screen.getByRole('button', { name: 'Register' }))
}

it('registers, signs in, tells the time zone and lands on Today', async () => {
  server.use(config('open'))
  const { user, router } = show()

  await fill(user)

  await waitFor(() => expect(router.state.location.pathname).toBe('/'))
  expect(sent.map(({ path, body }) => [path, body])).toEqual([
    [
      'POST /api/auth/register',
      { full_name: 'Ada Park', email: 'ada@example.org', password: 'rain7boat-lamp' },
    ],
    ['POST /api/auth/login', { email: 'ada@example.org', password: 'rain7boat-lamp' }],
    ['PATCH /api/users/me', { timezone: 'Europe/Madrid' }],
  ])
})

it('lands on Today although the server does not know the time zone', async () => {
  server.use(
    config('open'),
    http.patch(
      '*/api/users/me',
      accept(422, () => record(ada)),
    ),
  )
  const { user, router } = show()

  await fill(user)

  await waitFor(() => expect(router.state.location.pathname).toBe('/'))
  expect(sent.at(-1)?.path).toBe('PATCH /api/users/me')
})

it('sends the token of an invitation, from behind the #', async () => {
  server.use(config('invite'))
  const { user, router } = show('/register#token=abc.def-1')

  expect(await screen.findByText(/You are invited/)).toBeVisible()
  await fill(user)

  await waitFor(() => expect(router.state.location.pathname).toBe('/'))
  expect(sent[0]?.body).toMatchObject({ invitation_token: 'abc.def-1' })
})

it.each([
  ['invite', '/register', 'You need an invitation'],
  ['closed', '/register', 'Registration is closed'],
  ['closed', '/register#token=abc', 'Registration is closed'],
] as const)('says so where registration is %s (%s)', async (mode, path, title) => {
  server.use(config(mode))
  show(path)

  expect(await screen.findByRole('heading', { level: 1, name: title })).toBeVisible()
  expect(screen.queryByRole('textbox')).not.toBeInTheDocument()
})

it('tells the strength in words while one types', async () => {
  server.use(config('open'))
  const { user } = show()

  const field = await screen.findByLabelText('Password')
  expect(field).toHaveAttribute('autocomplete', 'new-password')
  expect(field).toHaveAccessibleDescription('At least 8 characters, with a letter and a digit.')
  await user.type(field, 'rain')
  expect(field).toHaveAccessibleDescription('Too short: 4 more characters.')
  await user.type(field, '7boat-lamp')
  expect(field).toHaveAccessibleDescription('Strong.')
})

it('sends nothing that the rules refuse', async () => {
  server.use(config('open'))
  const { user } = show()

  await fill(user, 'rainboat')

  const field = screen.getByLabelText('Password')
  await waitFor(() => expect(field).toBeInvalid())
  expect(field).toHaveAccessibleDescription('A digit is missing.')
  expect(sent).toEqual([])
})

it('shows a taken e-mail under its field and keeps what was typed', async () => {
  server.use(
    config('open'),
    http.post('*/api/auth/register', () => problem(409, 'Email already registered')),
  )
  const { user } = show()

  await fill(user)

  expect(await screen.findByText('Email already registered.')).toBeVisible()
  expect(screen.getByRole('textbox', { name: 'E-mail' })).toHaveAccessibleDescription(
    'Email already registered.',
  )
  expect(screen.getByRole('textbox', { name: 'Your name' })).toHaveValue('Ada Park')
})

it('says what is wrong with an invitation', async () => {
  const detail = 'The invitation is not valid or has expired; ask for a new one'
  server.use(
    config('invite'),
    http.post('*/api/auth/register', () => problem(400, detail)),
  )
  const { user } = show('/register#token=old')

  await fill(user)

  expect(await screen.findByRole('alert')).toHaveTextContent(detail)
})

it('leads to sign in when the account is made and only signing in failed', async () => {
  server.use(
    config('open'),
    http.post('*/api/auth/login', () => problem(503, 'Away')),
  )
  const { user, router } = show()

  await fill(user)

  await waitFor(() => expect(router.state.location.pathname).toBe('/sign-in'))
  expect(router.state.location.state).toEqual({ note: 'registered' })
})

it('uses one key for the same form, so that a lost answer makes no second account', async () => {
  server.use(
    config('open'),
    http.post(
      '*/api/auth/register',
      accept(503, () => record(ada)),
    ),
  )
  const { user } = show()

  await fill(user)
  await screen.findByRole('alert')
  await user.click(screen.getByRole('button', { name: 'Register' }))
  await waitFor(() => expect(sent).toHaveLength(2))
  await user.type(screen.getByRole('textbox', { name: 'Your name' }), ' II')
  await user.click(screen.getByRole('button', { name: 'Register' }))
  await waitFor(() => expect(sent).toHaveLength(3))

  const [first, second, third] = sent.map(({ key }) => key)
  expect(first).toMatch(/^[0-9a-f-]{36}$/)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
})
