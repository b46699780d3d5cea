import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { AuditEntry, Decision } from '~/api/generated'
import { audited, decision } from '~/features/decisions/sample'
import { renderApp } from '../../tests/render'
import { ada, admin, nested, pageOf, problem, record, sam, server, signedInAs } from '../../tests/server'
import { Page } from './decision'

function show(shown: Decision, path = '/decisions/4') {
  server.use(http.get('*/api/decisions/4', () => record(shown)))
  return renderApp(<Page />, { route: '/decisions/:id', path })
}

const history = (items: AuditEntry[]) =>
  server.use(http.get('*/api/decisions/4/audit', () => HttpResponse.json({ items })))

function gone() {
  server.use(
    http.get('*/api/decisions/4', () => problem(404, 'Decision not found')),
    http.get('*/api/activity', () =>
      HttpResponse.json(
        pageOf([
          {
            id: 8,
            action: 'decision.deleted',
            actor: nested(ada),
            subject_type: 'decision',
            subject_id: 4,
            subject_title: 'Where jobs wait',
            changes: [],
            request_id: null,
            occurred_at: '2026-11-22T09:00:00.000000Z',
          },
        ]),
      ),
    ),
  )
  history([
    audited('8-1', { change_type: 'deleted' }),
    audited('6-1', { field_name: 'title', old_value: 'Where mails wait', new_value: 'Where jobs wait' }),
    audited('5-1', { change_type: 'created', changed_by: nested(sam) }),
  ])
}

it('reads like a document, the outcome first', async () => {
  show(decision)

  await screen.findByRole('heading', { level: 1, name: 'Where jobs wait' })

  expect(screen.getAllByRole('heading', { level: 2 }).map((heading) => heading.textContent)).toEqual([
    'Outcome',
    'Context',
    'Description',
  ])
  const facts = screen.getByRole('complementary', { name: 'Facts' })
  expect(facts).toHaveTextContent(/Fri 20 Nov 2026.*Sam Lee.*queue.*licence.*Ada Park/)
  expect(within(facts).getByRole('link', { name: 'licence' })).toHaveAttribute(
    'href',
    '/decisions?tag=licence',
  )
})

it.each([
  ['its creator', ada, ada.id, true],
  ['another member', ada, sam.id, false],
  ['an administrator', admin, sam.id, true],
])('may be edited and deleted by %s', async (_name, who, creator, allowed) => {
  server.use(signedInAs(who))
  const { user } = show({ ...decision, created_by_id: creator }, '/decisions/4')

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await screen.findByRole('menuitem', { name: 'Print' })

  expect(screen.queryAllByRole('menuitem', { name: 'Delete' })).toHaveLength(allowed ? 1 : 0)
  expect(screen.queryAllByText('Edit')).toHaveLength(allowed ? 1 : 0)
})

it('opens no form for whoever may not edit it', async () => {
  const { user } = show({ ...decision, created_by_id: sam.id }, '/decisions/4?edit')
  await screen.findByRole('heading', { level: 2, name: 'Outcome' })

  await user.keyboard('e')

  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
})

it('shows both versions when somebody changed it meanwhile', async () => {
  const theirs = { ...decision, decision_date: '2026-11-21', participant_ids: [1, 2] }
  const sent: unknown[] = []
  const { user } = show(decision, '/decisions/4?edit')
  server.use(
    http.patch('*/api/decisions/4', async ({ request }) => {
      sent.push([request.headers.get('If-Match'), await request.json()])
      if (sent.length > 1) return record(theirs, 3)
      server.use(http.get('*/api/decisions/4', () => record(theirs, 2)))
      return problem(412, 'The record was changed meanwhile')
    }),
  )
  const title = await screen.findByRole('textbox', { name: /Title/ })
  await user.clear(title)
  await user.type(title, 'Queues')
  await user.click(screen.getByRole('button', { name: 'Save' }))

  const dialog = await screen.findByRole('dialog', { name: 'Someone changed this meanwhile' })
  expect(within(dialog).getByRole('radio', { name: 'Title: Mine' })).toBeChecked()
  const participants = within(dialog).getByRole('radio', { name: 'Participants: Theirs' })
  expect(participants).toBeChecked()
  expect(participants).toHaveTextContent('Ada Park, Sam Lee')
  await user.click(within(dialog).getByRole('button', { name: 'Save this' }))

  await waitFor(() => expect(sent).toHaveLength(2))
  expect(sent).toEqual([
    ['"v1"', { title: 'Queues' }],
    ['"v2"', { title: 'Queues' }],
  ])
})

it('shows a refusal under its field, and keeps the text', async () => {
  const { user } = show(decision, '/decisions/4?edit')
  server.use(
    http.patch('*/api/decisions/4', () =>
      problem(422, 'Some fields are wrong', { errors: { title: ['This is taken.'] } }),
    ),
  )
  const title = await screen.findByRole('textbox', { name: /Title/ })
  await user.type(title, '!')
  await user.click(screen.getByRole('button', { name: 'Save' }))

  expect(await screen.findByText('This is taken.')).toBeVisible()
  expect(title).toHaveValue('Where jobs wait!')
})

it('asks once, then shows what stays of a deleted one', async () => {
  const { user } = show(decision)
  server.use(
    http.delete('*/api/decisions/4', () => {
      gone()
      return new HttpResponse(null, { status: 204 })
    }),
  )

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }))

  expect(await screen.findByText('Deleted. Its history stays readable here.')).toBeVisible()
  expect(await screen.findByText(/This decision was deleted/)).toBeVisible()
  expect(screen.queryByRole('button', { name: 'More actions' })).toBeNull()
})

it('says why it could not be deleted', async () => {
  const { user } = show(decision)
  server.use(http.delete('*/api/decisions/4', () => problem(403, 'Only its creator may do that')))

  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }))

  expect(await screen.findByText('Only its creator may do that')).toBeVisible()
  expect(screen.getByRole('heading', { level: 2, name: 'Outcome' })).toBeVisible()
})

it('keeps the history of a deleted one readable under its address', async () => {
  gone()
  renderApp(<Page />, { route: '/decisions/:id', path: '/decisions/4?history' })

  expect(await screen.findByRole('heading', { level: 1, name: 'Where jobs wait' })).toBeVisible()
  expect(
    await screen.findByRole('heading', { level: 3, name: /Ada Park deleted this decision/ }),
  ).toBeVisible()
  expect(screen.getByRole('group', { name: 'Title before' })).toHaveTextContent('Where mails wait')
  expect(screen.getByRole('complementary', { name: 'Facts' })).toHaveTextContent(
    /Deleted by.*Ada Park.*Recorded by.*Sam Lee/,
  )
})

it('is not found where there never was one', async () => {
  server.use(
    http.get('*/api/decisions/4', () => problem(404, 'Decision not found')),
    http.get('*/api/decisions/4/audit', () => problem(404, 'Decision not found')),
  )
  renderApp(<Page />, { route: '/decisions/:id', path: '/decisions/4' })

  expect(await screen.findByText('There is nothing here')).toBeVisible()
})

it('shows each change side by side, word by word', async () => {
  history([
    audited('7-1', {
      field_name: 'outcome',
      old_value: 'We use Redis now.',
      new_value: 'We use Valkey now.',
    }),
    audited('7-2', { field_name: 'participant_ids', old_value: [1], new_value: [1, 2, 99] }),
    audited('6-1', { field_name: 'decision_date', old_value: '2026-11-19', new_value: '2026-11-20' }),
    audited('5-1', { change_type: 'created' }),
  ])
  const { user, router } = show(decision)

  await user.click(await screen.findByRole('button', { name: 'History' }))

  const before = await screen.findByRole('group', { name: 'Outcome before' })
  const after = screen.getByRole('group', { name: 'Outcome after' })
  expect(within(before).getByRole('deletion')).toHaveTextContent(/^Redis$/)
  expect(within(after).getByRole('insertion')).toHaveTextContent(/^Valkey$/)
  expect(after).toHaveTextContent('We use Valkey now.')
  const participants = within(screen.getByRole('group', { name: 'Participants after' }))
  expect(participants.getAllByRole('insertion').map((item) => item.textContent)).toEqual([
    'Sam Lee',
    'Person 99',
  ])
  expect(participants.getByText('Ada Park')).toBeVisible()
  expect(
    within(screen.getByRole('group', { name: 'Decided on before' })).getByRole('deletion'),
  ).toHaveTextContent('Thu 19 Nov 2026')
  // Two fields of one act stand under one heading.
  expect(screen.getAllByRole('heading', { level: 3 })).toHaveLength(3)
  expect(router.state.location.search).toBe('?history=')
  await user.click(screen.getByRole('button', { name: 'Back to the decision' }))
  expect(await screen.findByRole('heading', { level: 2, name: 'Outcome' })).toBeVisible()
})

it('offers to try again after a failure', async () => {
  const { user } = show(decision)
  server.use(http.get('*/api/decisions/4', () => problem(500, 'Something went wrong'), { once: true }))

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('heading', { level: 1, name: 'Where jobs wait' })).toBeVisible()
})
