import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { Notification } from '~/api/inbox'
import { renderApp } from '../../tests/render'
import { nested, pageOf, problem, sam, server } from '../../tests/server'
import { Page } from './inbox'

const assigned: Notification = {
  id: 1,
  event: 'incident.assigned',
  subject_type: 'incident',
  subject_id: 7,
  title: 'Checkout is slow',
  body: 'Sam Lee assigned this incident to you',
  url: '/incidents/7',
  is_read: false,
  actor: nested(sam),
  created_at: '2026-11-24T09:00:00.000000Z',
}
const moved: Notification = {
  ...assigned,
  id: 2,
  event: 'incident.status_changed',
  body: 'Sam Lee changed the status from open to resolved',
}
const summary: Notification = {
  ...assigned,
  id: 3,
  event: 'summary.generated',
  subject_type: 'summary',
  subject_id: 4,
  title: 'Summary of 2026-11-24',
  body: 'The daily summary is ready',
  url: '/summaries/4',
  actor: null,
}
const old: Notification = { ...summary, id: 4, subject_id: 3, title: 'Summary of 2026-11-23', is_read: true }

/** The server keeps what is read, as the real one does. */
function show(entries: Notification[], path = '/inbox') {
  const kept = new Map(entries.map((entry) => [entry.id, entry]))
  const sent: string[] = []
  const read = (id: number) => {
    const entry = kept.get(id)
    if (entry) kept.set(id, { ...entry, is_read: true })
  }
  server.use(
    http.get('*/api/notifications', ({ request }) => {
      const onlyUnread = new URL(request.url).searchParams.get('unread') === 'true'
      const all = [...kept.values()]
      const unread = all.filter((entry) => !entry.is_read)
      return HttpResponse.json({ ...pageOf(onlyUnread ? unread : all), unread_count: unread.length })
    }),
    http.patch('*/api/notifications/:id', ({ params }) => {
      const id = Number(params['id'])
      sent.push(`read ${id}`)
      read(id)
      return HttpResponse.json(kept.get(id))
    }),
    http.post('*/api/notifications/read-all', () => {
      sent.push('read all')
      for (const id of kept.keys()) read(id)
      return HttpResponse.json({ unread_count: 0 })
    }),
  )
  return { sent, ...renderApp(<Page />, { route: '/inbox', path }) }
}

const titles = () => screen.getAllByRole('link').map((link) => link.textContent.trim())

it('groups by record what is unread, with a line of why', async () => {
  show([moved, summary, assigned, old])

  const link = await screen.findByRole('link', { name: 'Checkout is slow (unread)' })
  expect(link).toHaveAttribute('href', '/incidents/7')
  const row = within(link.closest('li') as HTMLElement)
  expect(row.getByText(/Sam Lee assigned this incident to you/)).toBeVisible()
  expect(row.getByText(/Sam Lee changed the status from open to resolved/)).toBeVisible()
  expect(titles()).toEqual(['Checkout is slow (unread)', 'Summary of 2026-11-24 (unread)'])
})

it('shows everything, unread first, when the URL says so', async () => {
  const { user, router } = show([old, moved])

  await user.click(await screen.findByRole('radio', { name: 'All' }))

  expect(await screen.findByRole('heading', { level: 2, name: 'Read before' })).toBeVisible()
  expect(router.state.location.search).toBe('?show=all')
  expect(titles()).toEqual(['Checkout is slow (unread)', 'Summary of 2026-11-23'])
})

it('says so when nothing is new', async () => {
  const { user, router } = show([old])

  expect(await screen.findByText('Nothing new')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Mark all as read' })).toBeDisabled()
  await user.click(screen.getByRole('button', { name: 'Show what you read before' }))

  expect(router.state.location.search).toBe('?show=all')
  expect(await screen.findByRole('link', { name: 'Summary of 2026-11-23' })).toBeVisible()
})

it('opens a record and reads all that is about it', async () => {
  const { user, sent, router } = show([moved, summary, assigned])

  await user.click(await screen.findByRole('link', { name: 'Checkout is slow (unread)' }))

  await waitFor(() => expect(router.state.location.pathname).toBe('/incidents/7'))
  await waitFor(() => expect(sent).toEqual(['read 2', 'read 1']))
})

it('moves with j and k and reads with e the row one is on', async () => {
  const { user, sent } = show([moved, summary, assigned])
  await screen.findByRole('link', { name: 'Checkout is slow (unread)' })

  await user.keyboard('j')
  expect(screen.getByRole('link', { name: 'Checkout is slow (unread)' })).toHaveFocus()
  await user.keyboard('j')
  expect(screen.getByRole('link', { name: 'Summary of 2026-11-24 (unread)' })).toHaveFocus()
  await user.keyboard('k')
  await user.keyboard('e')

  await waitFor(() => expect(titles()).toEqual(['Summary of 2026-11-24 (unread)']))
  expect(screen.getByRole('link', { name: 'Summary of 2026-11-24 (unread)' })).toHaveFocus()
  await waitFor(() => expect(sent).toEqual(['read 2', 'read 1']))
})

it('selects with x, and reads with e what is selected', async () => {
  const { user, sent } = show([assigned, summary, { ...old, is_read: false }])
  await screen.findByRole('link', { name: 'Checkout is slow (unread)' })

  await user.keyboard('jxjx')
  expect(screen.getByText('2 selected')).toBeVisible()
  expect(screen.getByRole('checkbox', { name: 'Select Checkout is slow' })).toBeChecked()
  await user.keyboard('j')
  await user.keyboard('e')

  await waitFor(() => expect(titles()).toEqual(['Summary of 2026-11-23 (unread)']))
  expect(screen.queryByText('2 selected')).not.toBeInTheDocument()
  await waitFor(() => expect(sent).toEqual(['read 1', 'read 3']))
})

it('reads all', async () => {
  const { user, sent } = show([assigned, summary])

  await user.click(await screen.findByRole('button', { name: 'Mark all as read' }))

  expect(await screen.findByText('Nothing new')).toBeVisible()
  await waitFor(() => expect(sent).toEqual(['read all']))
  expect(screen.getByRole('button', { name: 'Mark all as read' })).toBeDisabled()
})

it('puts back what could not be marked, and says so', async () => {
  const { user } = show([assigned, summary])
  server.use(http.patch('*/api/notifications/:id', () => problem(503, 'The database is away')))

  await user.click(await screen.findByRole('button', { name: 'Mark Checkout is slow as read' }))

  expect(await screen.findByText('The database is away')).toBeVisible()
  expect(await screen.findByRole('link', { name: 'Checkout is slow (unread)' })).toBeVisible()
})

it('keeps news of one’s account and a test apart', async () => {
  const account = { ...assigned, id: 8, subject_type: 'user', subject_id: 1, title: 'Ada', url: '/profile' }
  show([account, { ...account, id: 9, title: 'A test', url: '/inbox' }])

  await screen.findByRole('link', { name: 'A test (unread)' })
  expect(titles()).toEqual(['Ada (unread)', 'A test (unread)'])
})

it('offers to try again after a failure', async () => {
  const { user } = show([assigned])
  server.use(http.get('*/api/notifications', () => problem(500, 'Something broke'), { once: true }))
  server.use(http.get('*/api/notifications', () => problem(500, 'Something broke'), { once: true }))

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'Checkout is slow (unread)' })).toBeVisible()
})
