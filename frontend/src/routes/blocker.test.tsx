import { screen, waitFor, within } from '@testing-library/react'
import { delay, http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import type { Blocker } from '~/api/generated'
import { blocker } from '~/features/blockers/sample'
import { renderApp } from '../../tests/render'
import { incident } from '../../tests/samples'
import { ada, admin, nested, pageOf, problem, record, server, signedInAs } from '../../tests/server'
import { Page } from './blocker'

const resolved: Blocker = {
  ...blocker,
  status: 'resolved',
  resolution_notes: 'IT opened the door.',
  resolved_at: '2026-11-20T09:00:00.000000Z',
}

beforeEach(() => {
  server.use(
    http.get('*/api/incidents', () => HttpResponse.json(pageOf([incident]))),
    http.get('*/api/incidents/7', () => record(incident)),
    http.get('*/api/status', () => HttpResponse.json(pageOf([]))),
  )
})

function show(shown: Blocker, path = '/blockers/7') {
  server.use(http.get('*/api/blockers/7', () => record(shown)))
  return renderApp(<Page />, { route: '/blockers/:id', path })
}

it('tells what waits, what it costs and what it is linked to', async () => {
  show({ ...blocker, related_incident_id: 7 })

  expect(await screen.findByRole('heading', { level: 1, name: 'No access to staging' })).toBeVisible()
  expect(screen.getByRole('region', { name: 'How long already' })).toHaveTextContent(
    /ActiveWaiting for \d+ d/,
  )
  expect(screen.getByRole('region', { name: 'What it costs' })).toHaveTextContent('The release waits.')
  expect(await screen.findByRole('link', { name: 'INC-7 Checkout is slow' })).toHaveAttribute(
    'href',
    '/incidents/7',
  )
})

it('resolves with notes, in place', async () => {
  let sent: unknown
  const { user } = show(blocker)
  server.use(
    http.patch('*/api/blockers/7/resolve', async ({ request }) => {
      sent = await request.json()
      server.use(http.get('*/api/blockers/7', () => record(resolved, 2)))
      return record(resolved, 2)
    }),
  )

  await user.click(await screen.findByRole('button', { name: 'Resolve' }))
  await user.type(await screen.findByRole('textbox', { name: /Resolution notes/ }), 'IT opened the door.')
  await user.click(screen.getByRole('button', { name: 'Resolve with these notes' }))

  expect(await screen.findByText('Waited for 2 d')).toBeVisible()
  expect(sent).toEqual({ resolution_notes: 'IT opened the door.' })
  expect(screen.getByRole('region', { name: 'Resolution notes' })).toHaveTextContent('IT opened the door.')
})

it('takes a refused resolution back, with the notes', async () => {
  const { user } = show(blocker)
  server.use(
    http.patch('*/api/blockers/7/resolve', async () => {
      await delay(20)
      return problem(400, 'Cannot resolve archived blockers')
    }),
  )

  await user.click(await screen.findByRole('button', { name: 'Resolve' }))
  await user.type(await screen.findByRole('textbox', { name: /Resolution notes/ }), 'Done.')
  await user.click(screen.getByRole('button', { name: 'Resolve with these notes' }))

  expect(await screen.findByText('Cannot resolve archived blockers')).toBeVisible()
  expect(screen.getByRole('textbox', { name: /Resolution notes/ })).toHaveValue('Done.')
  expect(screen.getByText(/Waiting for/)).toBeVisible()
})

it('reopens from the menu, and the notes stay', async () => {
  const { user } = show(resolved)
  const reopened: Blocker = { ...resolved, status: 'active', resolved_at: null }
  server.use(
    http.patch('*/api/blockers/7/reopen', () => {
      server.use(http.get('*/api/blockers/7', () => record(reopened, 2)))
      return record(reopened, 2)
    }),
  )

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Reopen' }))

  expect(await screen.findByText(/Waiting for/)).toBeVisible()
  expect(screen.getByRole('region', { name: 'Resolution notes' })).toHaveTextContent('IT opened the door.')
})

it('is archived at once, with a way back', async () => {
  const { user } = show(blocker)
  const asked: string[] = []
  const answer = (archived: boolean) => () => {
    asked.push(archived ? 'archive' : 'unarchive')
    server.use(http.get('*/api/blockers/7', () => record({ ...blocker, archived })))
    return record({ ...blocker, archived })
  }
  server.use(
    http.patch('*/api/blockers/7/archive', answer(true)),
    http.patch('*/api/blockers/7/unarchive', answer(false)),
  )

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Archive' }))
  expect(await screen.findByText(/nothing here can be changed/)).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Resolve' })).toBeNull()
  await user.click(await screen.findByRole('button', { name: 'Undo' }))

  expect(await screen.findByRole('button', { name: 'Resolve' })).toBeVisible()
  expect(asked).toEqual(['archive', 'unarchive'])
})

it.each([
  [ada, false, true],
  [admin, true, true],
  [admin, false, false],
])('offers to delete to %o: %s, when archived: %s', async (who, offered, archived) => {
  server.use(signedInAs(who))
  const { user } = show({ ...blocker, archived })

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await screen.findByRole('menuitem', { name: 'Copy link' })

  expect(screen.queryAllByRole('menuitem', { name: 'Delete' })).toHaveLength(offered ? 1 : 0)
})

it('leaves the page of what was deleted', async () => {
  server.use(signedInAs(admin))
  const { user, router } = show({ ...blocker, archived: true })
  server.use(http.delete('*/api/blockers/7', () => new HttpResponse(null, { status: 204 })))

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }))

  await waitFor(() => expect(router.state.location.pathname).toBe('/blockers'))
  expect(await screen.findByText('BLK-7 is deleted')).toBeVisible()
})

it('offers to try again after a failure', async () => {
  const { user } = show(blocker)
  server.use(http.get('*/api/blockers/7', () => problem(500, 'Something went wrong'), { once: true }))

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('heading', { level: 1, name: 'No access to staging' })).toBeVisible()
})

it('shows both versions when somebody changed it meanwhile', async () => {
  const theirs = { ...blocker, impact: 'Two teams wait.', related_incident_id: 7, reported_by: nested(ada) }
  const sent: unknown[] = []
  const { user } = show(blocker, '/blockers/7?edit')
  server.use(
    http.patch('*/api/blockers/7', async ({ request }) => {
      sent.push([request.headers.get('If-Match'), await request.json()])
      if (sent.length > 1) return record(theirs, 3)
      server.use(http.get('*/api/blockers/7', () => record(theirs, 2)))
      return problem(412, 'The record was changed meanwhile')
    }),
  )
  const description = await screen.findByRole('textbox', { name: /What is waiting/ })
  await user.clear(description)
  await user.type(description, 'No access at all')
  await user.click(screen.getByRole('button', { name: 'Save' }))

  const dialog = await screen.findByRole('dialog', { name: 'Someone changed this meanwhile' })
  expect(within(dialog).getByRole('radio', { name: 'What is waiting: Mine' })).toBeChecked()
  expect(within(dialog).getByRole('radio', { name: 'What it costs: Theirs' })).toBeChecked()
  expect(within(dialog).getByRole('radio', { name: 'Linked incident: Theirs' })).toBeChecked()
  await user.click(within(dialog).getByRole('button', { name: 'Save this' }))

  await waitFor(() => expect(sent).toHaveLength(2))
  expect(sent).toEqual([
    ['"v1"', { description: 'No access at all' }],
    ['"v2"', { description: 'No access at all' }],
  ])
})
