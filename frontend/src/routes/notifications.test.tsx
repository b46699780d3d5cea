import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { delay, http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { Preferences, PreferencesIn } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { problem, server } from '../../tests/server'
import { Page } from './notifications'

const cells = { inbox: true, email: true, chat: false, locked: [] }

const preferences: Preferences = {
  matrix: [
    { event: 'incident.assigned', description: 'An incident is assigned to me', ...cells },
    { event: 'user.mentioned', description: 'Somebody mentions me', ...cells },
    {
      event: 'user.updated',
      description: 'Something about my account changes',
      ...cells,
      locked: ['inbox', 'email'],
    },
  ],
  quiet_hours: null,
  email_mode: 'immediate',
  digest_time: '09:00',
  timezone: 'America/New_York',
  chat_service: null,
}

/** The server keeps what it is told, as the real one does. */
function show(start: Partial<Preferences> = {}) {
  let kept: Preferences = { ...preferences, ...start }
  const sent: PreferencesIn[] = []
  server.use(
    http.get('*/api/notifications/preferences', () => HttpResponse.json(kept)),
    http.put('*/api/notifications/preferences', async ({ request }) => {
      const change = (await request.json()) as PreferencesIn
      sent.push(change)
      const { matrix = [], chat_url, ...others } = change
      kept = {
        ...kept,
        ...others,
        matrix: kept.matrix.map((row) => ({ ...row, ...matrix.find(({ event }) => event === row.event) })),
        chat_service: chat_url === undefined ? kept.chat_service : chat_url === null ? null : 'Discord',
      }
      return HttpResponse.json(kept)
    }),
  )
  return { sent, ...renderApp(<Page />, { route: '/notifications', path: '/notifications' }) }
}

const box = (name: string) => screen.findByRole('checkbox', { name })

it('shows what one is told of, and where', async () => {
  show()

  expect(await box('An incident is assigned to me: Inbox')).toBeChecked()
  expect(await box('An incident is assigned to me: Chat')).not.toBeChecked()
  expect(screen.getAllByRole('columnheader').map((header) => header.textContent)).toEqual([
    'When',
    'Inbox',
    'E-mail',
    'Chat',
  ])
})

it('saves each click at once', async () => {
  const { user, sent } = show()

  await user.click(await box('Somebody mentions me: E-mail'))
  await user.click(await box('An incident is assigned to me: Chat'))

  await waitFor(() =>
    expect(sent).toEqual([
      { matrix: [{ event: 'user.mentioned', email: false }] },
      { matrix: [{ event: 'incident.assigned', chat: true }] },
    ]),
  )
  expect(await box('Somebody mentions me: E-mail')).not.toBeChecked()
  expect(await box('An incident is assigned to me: Chat')).toBeChecked()
})

it('puts back what was refused, says so, and leaves what was clicked beside it', async () => {
  const { user, sent } = show()
  const mail = await box('Somebody mentions me: E-mail')
  const chat = await box('An incident is assigned to me: Chat')
  server.use(
    http.put(
      '*/api/notifications/preferences',
      async () => {
        await delay(100)
        return problem(503, 'The database is away')
      },
      { once: true },
    ),
  )

  await user.click(mail)
  expect(mail).not.toBeChecked()
  await user.click(chat)

  expect(await screen.findByText('The database is away')).toBeVisible()
  expect(mail).toBeChecked()
  await waitFor(() => expect(sent).toEqual([{ matrix: [{ event: 'incident.assigned', chat: true }] }]))
  expect(chat).toBeChecked()
})

it('keeps what guards the account, and says why', async () => {
  const { user, sent } = show()
  const locked = await box('Something about my account changes: E-mail')

  expect(locked).toBeChecked()
  expect(locked).toBeDisabled()
  expect(locked).toHaveAccessibleDescription('Inbox and E-mail always: they guard your account.')
  expect(await box('Something about my account changes: Chat')).toBeEnabled()
  await user.click(locked)
  expect(sent).toEqual([])
})

it('has quiet hours by the clock of the profile', async () => {
  const { user, sent } = show()

  await user.click(await screen.findByRole('switch', { name: 'Quiet hours' }))
  expect(await screen.findByText(/These times are meant in America\/New York/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Change the time zone' })).toHaveAttribute('href', '/profile')
  const end = screen.getByLabelText('To')
  fireEvent.change(end, { target: { value: '22:00' } })
  fireEvent.blur(end)
  expect(await screen.findByText('They must end at another time than they start.')).toBeVisible()
  fireEvent.change(end, { target: { value: '08:30' } })
  fireEvent.blur(end)

  await waitFor(() =>
    expect(sent).toEqual([
      { quiet_hours: { start: '22:00', end: '07:00' } },
      { quiet_hours: { start: '22:00', end: '08:30' } },
    ]),
  )
  await user.click(screen.getByRole('switch', { name: 'Quiet hours' }))
  await waitFor(() => expect(sent.at(-1)).toEqual({ quiet_hours: null }))
  expect(screen.queryByLabelText('To')).not.toBeInTheDocument()
})

it('gathers mails once a day, at a time', async () => {
  const { user, sent } = show()

  await user.click(await screen.findByRole('radio', { name: 'Once a day' }))
  const at = await screen.findByLabelText('At')
  expect(at).toHaveValue('09:00')
  fireEvent.change(at, { target: { value: '17:00' } })
  fireEvent.blur(at)

  await waitFor(() => expect(sent).toEqual([{ email_mode: 'daily' }, { digest_time: '17:00' }]))
})

it('sets a chat target and shows its service alone', async () => {
  const secret = 'https://discord.com/api/webhooks/1/secret'
  const { user, sent } = show()

  await user.type(await screen.findByRole('textbox', { name: 'Webhook address' }), secret)
  await user.click(screen.getByRole('button', { name: 'Set' }))

  expect(await screen.findByText('Messages go to Discord from now on')).toBeVisible()
  expect(sent).toEqual([{ chat_url: secret }])
  expect(screen.getByText(/Messages go to Discord\. Its address is kept secret/)).toBeVisible()
  expect(screen.queryByText(/secret$/)).not.toBeInTheDocument()
  expect(screen.queryByRole('textbox', { name: 'Webhook address' })).not.toBeInTheDocument()
})

it('shows why an address is refused under the field and keeps it', async () => {
  const { user } = show()
  server.use(
    http.put('*/api/notifications/preferences', () =>
      problem(422, 'Invalid', { errors: { chat_url: ['It must be an address of Discord.'] } }),
    ),
  )

  const field = await screen.findByRole('textbox', { name: 'Webhook address' })
  await user.type(field, 'json://localhost')
  await user.click(screen.getByRole('button', { name: 'Set' }))

  expect(await screen.findByText('It must be an address of Discord.')).toBeVisible()
  expect(field).toBeInvalid()
  expect(field).toHaveValue('json://localhost')
})

it('removes a chat target after asking', async () => {
  const { user, sent } = show({ chat_service: 'Slack' })

  await user.click(await screen.findByRole('button', { name: 'Remove' }))
  const dialog = await screen.findByRole('dialog', { name: 'Send no more messages to Slack?' })
  expect(sent).toEqual([])
  await user.click(within(dialog).getByRole('button', { name: 'Remove' }))

  expect(await screen.findByRole('textbox', { name: 'Webhook address' })).toBeVisible()
  await waitFor(() => expect(sent).toEqual([{ chat_url: null }]))
})

it('replaces a chat target', async () => {
  const { user, sent } = show({ chat_service: 'Slack' })

  await user.click(await screen.findByRole('button', { name: 'Replace' }))
  expect(screen.getByRole('textbox', { name: 'Webhook address' })).toHaveFocus()
  await user.type(screen.getByRole('textbox', { name: 'Webhook address' }), 'https://discord.example/x')
  await user.click(screen.getByRole('button', { name: 'Replace' }))

  expect(await screen.findByText(/Messages go to Discord\. Its/)).toBeVisible()
  expect(sent).toEqual([{ chat_url: 'https://discord.example/x' }])
})

it('sends a test and says where', async () => {
  server.use(
    http.post('*/api/notifications/test', () =>
      HttpResponse.json({ channels: ['inbox', 'email', 'chat'] }, { status: 202 }),
    ),
  )
  const { user } = show()

  await user.click(screen.getByRole('button', { name: 'Send me a test' }))

  expect(
    await screen.findByText('The test is on its way to your inbox, your mail and your chat'),
  ).toBeVisible()
})

it('offers to try again after a failure', async () => {
  const { user } = show()
  server.use(
    http.get('*/api/notifications/preferences', () => problem(500, 'Something broke'), { once: true }),
  )

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await box('Somebody mentions me: Inbox')).toBeVisible()
})
