import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { shortcutsAreOn } from '~/ui/keys'
import { renderApp } from '../../tests/render'
import { ada, problem, record, server, signedInAs } from '../../tests/server'
import { Page } from './profile'

const show = () => renderApp(<Page />, { route: '/profile', path: '/profile' })

const panel = async (name: string) => within(await screen.findByRole('region', { name }))

it('saves what changed, for the version that was seen', async () => {
  const sent: { body: unknown; version: string | null }[] = []
  server.use(
    http.patch('*/api/users/me', async ({ request }) => {
      sent.push({ body: await request.json(), version: request.headers.get('If-Match') })
      server.use(signedInAs({ ...ada, full_name: 'Ada P.' }))
      return record({ ...ada, full_name: 'Ada P.' }, 2)
    }),
  )
  const { user } = show()
  const about = await panel('About you')

  const name = about.getByRole('textbox', { name: 'Name' })
  await user.clear(name)
  await user.type(name, 'Ada P.')
  await user.click(about.getByRole('button', { name: 'Save' }))

  expect(await screen.findByText('Your profile is saved')).toBeVisible()
  expect(sent).toEqual([{ body: { full_name: 'Ada P.' }, version: '"v1"' }])
  const again = await panel('About you')
  expect(again.getByRole('textbox', { name: 'Name' })).toHaveValue('Ada P.')
  expect(again.getByRole('button', { name: 'Save' })).toHaveFocus()
})

it('finds a time zone by a part of its name', async () => {
  let sent: unknown
  server.use(
    http.patch('*/api/users/me', async ({ request }) => {
      sent = await request.json()
      return record({ ...ada, timezone: 'America/New_York' }, 2)
    }),
  )
  const { user } = show()
  const about = await panel('About you')

  const zone = about.getByRole('combobox', { name: 'Time zone' })
  await user.clear(zone)
  await user.type(zone, 'new yo')
  await user.click(await screen.findByRole('option', { name: 'America/New York' }))
  await user.click(about.getByRole('button', { name: 'Save' }))

  await waitFor(() => expect(sent).toEqual({ timezone: 'America/New_York' }))
})

it.each([
  [409, 'Email already registered', {}, 'E-mail', 'Email already registered.'],
  [422, 'Invalid', { errors: { full_name: ['Too odd.'] } }, 'Name', 'Too odd.'],
])('shows a %s under its field and keeps what was typed', async (status, detail, more, field, message) => {
  server.use(http.patch('*/api/users/me', () => problem(status, detail, more)))
  const { user } = show()
  const about = await panel('About you')

  await user.type(about.getByRole('textbox', { name: field }), 'x')
  await user.click(about.getByRole('button', { name: 'Save' }))

  expect(await about.findByText(message)).toBeVisible()
  expect(about.getByRole('textbox', { name: field })).toHaveAccessibleDescription(
    expect.stringContaining(message),
  )
  expect(about.getByRole('textbox', { name: field })).toHaveValue(
    `${field === 'Name' ? ada.full_name : ada.email}x`,
  )
})

it('shows both versions when somebody changed it meanwhile', async () => {
  const theirs = { ...ada, full_name: 'Ada Parker' }
  const sent: { body: unknown; version: string | null }[] = []
  server.use(
    http.patch('*/api/users/me', async ({ request }) => {
      const version = request.headers.get('If-Match')
      sent.push({ body: await request.json(), version })
      if (version !== '"v2"') {
        server.use(http.get('*/api/users/me', () => record(theirs, 2)))
        return problem(412, 'Changed meanwhile', { current: theirs })
      }
      return record({ ...theirs, full_name: 'Ada Parkx' }, 3)
    }),
  )
  const { user } = show()
  const about = await panel('About you')
  await user.type(about.getByRole('textbox', { name: 'Name' }), 'x')
  await user.click(about.getByRole('button', { name: 'Save' }))

  const dialog = within(await screen.findByRole('dialog', { name: 'Someone changed this meanwhile' }))
  expect(dialog.getByText('Ada Parkx')).toBeVisible()
  expect(dialog.getByText('Ada Parker')).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Save this' }))

  expect(await screen.findByText('Your profile is saved')).toBeVisible()
  expect(sent.at(-1)).toEqual({ body: { full_name: 'Ada Parkx' }, version: '"v2"' })
})

async function changePassword(user: ReturnType<typeof show>['user'], next = 'rain7boat-lamp') {
  const password = await panel('Password')
  await user.type(password.getByLabelText('Current password'), 'old-password-1')
  await user.type(password.getByLabelText('New password'), next)
  await user.click(password.getByRole('button', { name: 'Change password' }))
  return password
}

it('changes the password and forgets what was typed', async () => {
  let sent: unknown
  server.use(
    http.post('*/api/users/me/change-password', async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json({ message: 'Changed' })
    }),
  )
  const { user } = show()

  const password = await changePassword(user)

  expect(await screen.findByText('The password is changed; your other sessions have ended')).toBeVisible()
  expect(sent).toEqual({ current_password: 'old-password-1', new_password: 'rain7boat-lamp' })
  expect(password.getByLabelText('Current password')).toHaveValue('')
  expect(password.getByLabelText('New password')).toHaveValue('')
})

it('shows a wrong current password under that field', async () => {
  server.use(http.post('*/api/users/me/change-password', () => problem(400, 'Current password is incorrect')))
  const { user } = show()

  const password = await changePassword(user)

  expect(await password.findByText('Current password is incorrect')).toBeVisible()
  expect(password.getByLabelText('Current password')).toBeInvalid()
  expect(password.getByLabelText('Current password')).toHaveValue('old-password-1')
})

it('does not take the e-mail as a password', async () => {
  server.use(signedInAs({ ...ada, email: 'ada1@example.org' }))
  const { user } = show()

  const password = await changePassword(user, 'ADA1@example.org')

  expect(password.getByLabelText('New password')).toHaveAccessibleDescription(
    'It must not be your e-mail address.',
  )
})

it('switches the theme and the keyboard shortcuts on this device', async () => {
  const { user } = show()
  const device = await panel('On this device')

  await user.click(device.getByRole('radio', { name: 'Dark' }))
  expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark')

  const shortcuts = device.getByRole('switch', { name: 'Keyboard shortcuts' })
  expect(shortcuts).toBeChecked()
  await user.click(shortcuts)
  expect(shortcutsAreOn()).toBe(false)
  await user.click(shortcuts)
  expect(shortcutsAreOn()).toBe(true)
})
