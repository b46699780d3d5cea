import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { Activity, StatusUpdate } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { ada, nested, pageOf, problem, record, sam, server } from '../../tests/server'
import { Page } from './update'

const update: StatusUpdate = {
  id: 4,
  user_id: ada.id,
  title: 'Shipped the importer',
  content: 'It reads **everything**.',
  tags: ['importer'],
  created_at: '2026-03-02T09:00:00.000000Z',
  updated_at: '2026-03-02T09:00:00.000000Z',
  user: nested(ada),
}
const foreign: StatusUpdate = { ...update, user_id: sam.id, user: nested(sam) }

function show(shown: StatusUpdate, path = '/updates/4') {
  server.use(http.get('*/api/status/4', () => record(shown)))
  return renderApp(<Page />, { route: '/updates/:id', path })
}

it('shows text, facts and history', async () => {
  const act: Activity = {
    id: 1,
    action: 'status_update.created',
    actor: nested(ada),
    subject_type: 'status_update',
    subject_id: 4,
    subject_title: update.title,
    changes: [],
    request_id: 'r1',
    occurred_at: update.created_at,
  }
  server.use(http.get('*/api/activity', () => HttpResponse.json(pageOf([act]))))
  show(update)

  expect(await screen.findByRole('heading', { level: 1, name: 'Shipped the importer' })).toBeVisible()
  expect(await screen.findByText('everything')).toBeVisible()
  const facts = screen.getByRole('complementary', { name: 'Facts' })
  expect(within(facts).getByText('Ada Park')).toBeVisible()
  expect(within(facts).getByRole('link', { name: '#importer' })).toHaveAttribute(
    'href',
    '/updates?tags=importer',
  )
  expect(await screen.findByText(/posted this update/)).toBeVisible()
})

it('is edited and deleted by its author alone, also with the link to the form', async () => {
  const { user } = show(foreign, '/updates/4?edit')

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await screen.findByRole('menuitem', { name: 'Copy link' })

  expect(screen.queryByRole('menuitem', { name: 'Delete' })).toBeNull()
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
})

it('says that there is nothing when it was deleted', async () => {
  server.use(http.get('*/api/status/4', () => problem(404, 'Status update not found')))
  renderApp(<Page />, { route: '/updates/:id', path: '/updates/4' })

  expect(await screen.findByText('There is nothing here')).toBeVisible()
})

it('leads to the list once it is deleted', async () => {
  server.use(http.delete('*/api/status/4', () => new HttpResponse(null, { status: 204 })))
  const { user, router } = show(update)

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  await user.click(await screen.findByRole('button', { name: 'Delete' }))

  await waitFor(() => expect(router.state.location.pathname).toBe('/updates'))
})

it('stays, and says why, when it can’t be deleted', async () => {
  server.use(http.delete('*/api/status/4', () => problem(403, 'Only the author deletes an update')))
  const { user, router } = show(update)

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  await user.click(await screen.findByRole('button', { name: 'Delete' }))

  expect(await screen.findByText('Only the author deletes an update')).toBeVisible()
  expect(router.state.location.pathname).toBe('/updates/4')
})

it('refuses a blank text without asking the server', async () => {
  const { user } = show(update, '/updates/4?edit')

  await user.clear(await screen.findByRole('textbox', { name: /What happened/ }))
  await user.click(screen.getByRole('button', { name: 'Save' }))

  expect(await screen.findByText('Please fill this in.')).toBeVisible()
})

it('shows both versions when it was changed elsewhere meanwhile', async () => {
  let version = 1
  const sent: unknown[] = []
  const { user } = show(update, '/updates/4?edit')
  server.use(
    http.get('*/api/status/4', () =>
      record(version === 1 ? update : { ...update, title: 'Shipped it twice', tags: ['x'] }, version),
    ),
    http.patch('*/api/status/4', async ({ request }) => {
      sent.push([request.headers.get('If-Match'), await request.json()])
      if (sent.length > 1) return record(update, 3)
      version = 2
      return problem(412, 'The record was changed meanwhile')
    }),
  )
  const title = await screen.findByRole('textbox', { name: /Title/ })
  await user.clear(title)
  await user.type(title, 'Shipped the exporter')
  await user.click(screen.getByRole('button', { name: 'Save' }))

  const dialog = await screen.findByRole('dialog', { name: 'Someone changed this meanwhile' })
  expect(within(dialog).getByRole('radio', { name: 'Title: Mine' })).toBeChecked()
  expect(within(dialog).getByRole('radio', { name: 'Tags: Theirs' })).toBeChecked()
  await user.click(within(dialog).getByRole('button', { name: 'Save this' }))

  await waitFor(() =>
    expect(sent).toEqual([
      ['"v1"', { title: 'Shipped the exporter' }],
      ['"v2"', { title: 'Shipped the exporter' }],
    ]),
  )
})
