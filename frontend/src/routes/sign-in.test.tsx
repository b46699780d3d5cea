import { fireEvent, screen, waitFor } from '@testing-library/react'
import { delay, http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { renderApp } from '../../tests/render'
import { ada, problem, server, signedInAs } from '../../tests/server'
import { Page } from './sign-in'

const nobody = http.get('*/api/users/me', () => problem(401, 'Sign in first'))

beforeEach(() =>
  server.use(
    nobody,
    http.get('*/api/config', () => HttpResponse.json({ workspace_name: 'Velo Tools', registration: 'open' })),
  ),
)

function show(path = '/sign-in') {
  const sent: unknown[] = []
  server.use(
    http.post('*/api/auth/login', async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ access_token: 't', token_type: 'bearer', expires_in: 60, user: ada })
    }),
  )
  return { sent, ...renderApp(<Page />, { route: '/sign-in', path }) }
}

async function fill(user: ReturnType<typeof show>['user']) {
  await user.type(screen.getByRole('textbox', { name: 'E-mail' }), 'ada@example.org')
  await user.type(screen.getByLabelText('Password'), 'a-password-1')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
}

it('signs in and goes where one wanted to go', async () => {
  const { user, sent, router } = show('/sign-in?next=%2Fincidents%2F7%3Fedit')

  expect(screen.getByRole('main')).toContainElement(screen.getByRole('heading', { level: 1 }))
  await fill(user)

  await waitFor(() => expect(router.state.location.pathname).toBe('/incidents/7'))
  expect(router.state.location.search).toBe('?edit')
  expect(sent).toEqual([{ email: 'ada@example.org', password: 'a-password-1' }])
})

it.each(['https://evil.example/x', '//evil.example', '/\\evil.example'])(
  'stays on this site, whatever the link says: %s',
  async (next) => {
    const { user, router } = show(`/sign-in?next=${encodeURIComponent(next)}`)

    await fill(user)

    await waitFor(() => expect(router.state.location.pathname).toBe('/'))
  },
)

it('forgets what was known of somebody else', async () => {
  const { user, queryClient, router } = show()
  queryClient.setQueryData(['incidents', 'list'], 'of the last person')

  await fill(user)

  await waitFor(() => expect(router.state.location.pathname).toBe('/'))
  expect(queryClient.getQueryData(['incidents', 'list'])).toBeUndefined()
})

it('names the workspace, and why one is here', async () => {
  show('/sign-in?expired=1&next=%2Fincidents')

  expect(await screen.findByText('Velo Tools')).toBeVisible()
  expect(screen.getByText('You were signed out; sign in and you are back where you were.')).toBeVisible()
})

it.each([
  [401, {}, 'Incorrect email or password.'],
  [403, {}, 'Your account is deactivated. Ask an administrator to let you in again.'],
  [429, { 'Retry-After': '90' }, 'Too many tries. Try again in 2 minutes.'],
])('says what a %s means and keeps what was typed', async (status, headers, sentence) => {
  const { user, router } = show()
  server.use(
    http.post('*/api/auth/login', () =>
      HttpResponse.json({ status, detail: 'Incorrect email or password' }, { status, headers }),
    ),
  )

  await fill(user)

  expect(await screen.findByRole('alert')).toHaveTextContent(sentence)
  expect(screen.getByRole('textbox', { name: 'E-mail' })).toHaveValue('ada@example.org')
  expect(screen.getByLabelText('Password')).toHaveValue('a-password-1')
  expect(router.state.location.pathname).toBe('/sign-in')
})

it('asks for what is missing under its field', async () => {
  const { user, sent } = show()

  await user.click(screen.getByRole('button', { name: 'Sign in' }))

  expect(screen.getByRole('textbox', { name: 'E-mail' })).toHaveAccessibleDescription('Please fill this in.')
  expect(screen.getByLabelText('Password')).toHaveAccessibleDescription('Please fill this in.')
  expect(sent).toEqual([])
})

it('sends who is signed in already to where the link leads', async () => {
  server.use(signedInAs(ada))
  const { router } = show('/sign-in?next=%2Fblockers')

  await waitFor(() => expect(router.state.location.pathname).toBe('/blockers'))
})

it('shows the password, and hints at Caps Lock', async () => {
  const { user } = show()
  const field = screen.getByLabelText('Password')
  expect(field).toHaveAttribute('autocomplete', 'current-password')

  await user.click(screen.getByRole('button', { name: 'Show password' }))
  expect(field).toHaveAttribute('type', 'text')
  await user.click(screen.getByRole('button', { name: 'Hide password' }))
  expect(field).toHaveAttribute('type', 'password')

  expect(screen.queryByText('Caps Lock is on.')).not.toBeInTheDocument()
  fireEvent.keyDown(field, { key: 'A', modifierCapsLock: true })
  expect(screen.getByText('Caps Lock is on.')).toBeVisible()
})

it('sends once, however often one presses', async () => {
  const { user, sent } = show()
  server.use(
    http.post('*/api/auth/login', async ({ request }) => {
      sent.push(await request.json())
      await delay(50)
      return problem(401, 'Incorrect email or password')
    }),
  )

  await fill(user)
  await user.click(screen.getByRole('button', { name: 'Sign in' }))

  expect(await screen.findByRole('alert')).toBeVisible()
  expect(sent).toHaveLength(1)
})

it.each([
  ['open', 1],
  ['invite', 0],
  ['closed', 0],
])('offers registration where it is %s', async (registration, links) => {
  server.use(
    http.get('*/api/config', () => HttpResponse.json({ workspace_name: 'Velo Tools', registration })),
  )
  show()

  expect(await screen.findByText('Velo Tools')).toBeVisible()
  expect(screen.queryAllByRole('link', { name: 'Register' })).toHaveLength(links)
})
