import { screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { renderApp } from '../../tests/render'
import { problem, server } from '../../tests/server'
import { Page as ForgotPassword } from './forgot-password'
import { Page as ResetPassword } from './reset-password'
import { Page as SignIn } from './sign-in'

beforeEach(() =>
  server.use(
    http.get('*/api/users/me', () => problem(401, 'Sign in first')),
    http.get('*/api/config', () => HttpResponse.json({ workspace_name: 'Velo', registration: 'open' })),
  ),
)

const showReset = (hash = '#token=abc.def-1') =>
  renderApp(<ResetPassword />, { route: '/reset-password', path: `/reset-password${hash}` })

it('sets the password with the token of the link, then leads to sign in with a note', async () => {
  let sent: unknown
  server.use(
    http.post('*/api/auth/reset-password', async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json({ message: 'The password is set; sign in with it' })
    }),
  )
  const { user, router } = showReset()

  await user.type(screen.getByLabelText('New password'), 'rain7boat-lamp')
  await user.click(screen.getByRole('button', { name: 'Set the password' }))

  await waitFor(() => expect(router.state.location.pathname).toBe('/sign-in'))
  expect(sent).toEqual({ token: 'abc.def-1', new_password: 'rain7boat-lamp' })
  expect(router.state.location.state).toEqual({ note: 'reset' })
})

it('says on the sign-in page that the new password is set', async () => {
  const { router } = renderApp(<SignIn />, { path: '/elsewhere' })
  await router.navigate('/sign-in', { state: { note: 'reset' } })

  expect(await screen.findByText('Your new password is set. Sign in with it.')).toBeVisible()
})

it('offers a new link when this one does not work any more', async () => {
  const detail = 'The reset link is not valid or has expired; ask for a new one'
  server.use(http.post('*/api/auth/reset-password', () => problem(400, detail)))
  const { user } = showReset()

  await user.type(screen.getByLabelText('New password'), 'rain7boat-lamp')
  await user.click(screen.getByRole('button', { name: 'Set the password' }))

  expect(await screen.findByRole('alert')).toHaveTextContent(detail)
  expect(screen.getByRole('link', { name: 'Ask for a new link' })).toHaveAttribute('href', '/forgot-password')
})

it('shows what the server does not allow under the field', async () => {
  server.use(
    http.post('*/api/auth/reset-password', () =>
      problem(422, 'Invalid', { errors: { new_password: ['It must not be the e-mail.'] } }),
    ),
  )
  const { user } = showReset()

  await user.type(screen.getByLabelText('New password'), 'ada1@example.org')
  await user.click(screen.getByRole('button', { name: 'Set the password' }))

  await waitFor(() =>
    expect(screen.getByLabelText('New password')).toHaveAccessibleDescription(
      expect.stringContaining('It must not be the e-mail.'),
    ),
  )
})

it('asks for nothing without a token', () => {
  showReset('')

  expect(screen.getByText(/This link is not complete/)).toBeVisible()
  expect(screen.queryByLabelText('New password')).not.toBeInTheDocument()
})

it('asks for a link, and says the same whoever asks', async () => {
  let sent: unknown
  server.use(
    http.post('*/api/auth/forgot-password', async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json({ message: 'If there is such an account …' }, { status: 202 })
    }),
  )
  const { user } = renderApp(<ForgotPassword />, { route: '/forgot-password', path: '/forgot-password' })

  await user.type(screen.getByRole('textbox', { name: 'E-mail' }), 'ada@example.org')
  await user.click(screen.getByRole('button', { name: 'Send me the link' }))

  expect(await screen.findByRole('heading', { level: 1, name: 'Look into your mail' })).toBeVisible()
  expect(screen.getByText(/If there is an account for ada@example.org/)).toBeVisible()
  expect(sent).toEqual({ email: 'ada@example.org' })
  await user.click(screen.getByRole('button', { name: 'Use another e-mail address' }))
  expect(screen.getByRole('textbox', { name: 'E-mail' })).toBeVisible()
})

it('says how long to wait after too many tries', async () => {
  server.use(
    http.post('*/api/auth/forgot-password', () =>
      HttpResponse.json({ status: 429 }, { status: 429, headers: { 'Retry-After': '30' } }),
    ),
  )
  const { user } = renderApp(<ForgotPassword />, { route: '/forgot-password', path: '/forgot-password' })

  await user.type(screen.getByRole('textbox', { name: 'E-mail' }), 'ada@example.org')
  await user.click(screen.getByRole('button', { name: 'Send me the link' }))

  expect(await screen.findByRole('alert')).toHaveTextContent('Too many tries. Try again in 30 seconds.')
})
