import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { StatusUpdate } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { ada, nested, pageOf, problem, record, sam, server } from '../../tests/server'
import { Page } from './updates'

const update: StatusUpdate = {
  id: 4,
  user_id: sam.id,
  title: 'Shipped the importer',
  content: 'It reads **everything**.',
  tags: ['importer', 'release'],
  created_at: '2026-03-02T09:00:00.000000Z',
  updated_at: '2026-03-02T09:00:00.000000Z',
  user: nested(sam),
}
const mine: StatusUpdate = {
  ...update,
  id: 5,
  user_id: ada.id,
  user: nested(ada),
  title: 'Wrote the plan',
  created_at: '2026-03-03T09:00:00.000000Z',
  updated_at: '2026-03-03T09:00:00.000000Z',
}

function show(items: StatusUpdate[], path = '/updates') {
  const asked: URLSearchParams[] = []
  const list = [...items]
  server.use(
    http.get('*/api/status', ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json(pageOf(list))
    }),
  )
  return { asked, list, ...renderApp(<Page />, { route: '/updates', path }) }
}

async function write(user: ReturnType<typeof renderApp>['user']) {
  await user.type(await screen.findByRole('textbox', { name: /Title/ }), 'Fixed the queue')
  await user.type(await screen.findByRole('textbox', { name: /What happened/ }), 'It was a lock.')
}

it('shows the whole text by day, with author and tags', async () => {
  show([mine, update])

  const feed = await screen.findByRole('list', { name: 'Updates' })

  expect(
    within(feed)
      .getAllByRole('heading', { level: 2 })
      .map((heading) => heading.textContent),
  ).toEqual(['Tuesday, 3 March', 'Monday, 2 March'])
  expect(within(feed).getByRole('link', { name: 'Shipped the importer' })).toHaveAttribute(
    'href',
    '/updates/4',
  )
  expect(within(feed).getByText('Sam Lee')).toBeVisible()
  await waitFor(() => expect(within(feed).getAllByText('everything')).toHaveLength(2))
})

it('narrows by a tag that is clicked, together with what is set', async () => {
  const { asked, user } = show([update], '/updates?author_id=2')

  await user.click(await screen.findByRole('link', { name: '#importer' }))

  await waitFor(() =>
    expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject({ author_id: '2', tags: 'importer' }),
  )
})

it('asks for what the URL filters', async () => {
  const { asked } = show([], '/updates?author_id=2&start_date=2026-03-01&end_date=2026-03-02&search=queue')

  expect(await screen.findByText('Nothing matches')).toBeVisible()
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    limit: '20',
    author_id: '2',
    start_date: '2026-03-01',
    end_date: '2026-03-02',
    search: 'queue',
  })
})

it('says what belongs here when there is nothing, and opens the composer', async () => {
  const { user } = show([])

  expect(await screen.findByText('No updates yet')).toBeVisible()
  await user.click(screen.getAllByRole('button', { name: 'Post update' })[1] as HTMLElement)

  expect(await screen.findByRole('form', { name: 'New update' })).toBeVisible()
})

it('offers to try again after a failure', async () => {
  const { user } = show([update])
  server.use(http.get('*/api/status', () => problem(500, 'Something went wrong'), { once: true }))

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'Shipped the importer' })).toBeVisible()
})

it('shows an update at once, greyed until it is confirmed, and sends its key', async () => {
  const { user, list } = show([update])
  let confirm: () => void = () => undefined
  const held = new Promise<void>((resolve) => (confirm = resolve))
  let key: string | null = null
  server.use(
    http.post('*/api/status', async ({ request }) => {
      key = request.headers.get('Idempotency-Key')
      await held
      const made = { ...mine, id: 9, ...((await request.json()) as object) }
      list.unshift(made)
      return HttpResponse.json(made, { status: 201 })
    }),
  )
  await screen.findByRole('link', { name: 'Shipped the importer' })
  await user.keyboard('c')
  await write(user)
  await user.keyboard('{Control>}{Enter}{/Control}')

  const pending = (await screen.findByRole('heading', { name: 'Fixed the queue' })).closest('li')
  expect(pending).toHaveAttribute('data-pending')
  confirm()

  expect(await screen.findByRole('link', { name: 'Fixed the queue' })).toHaveAttribute('href', '/updates/9')
  expect(await screen.findByRole('button', { name: 'What are you working on?' })).toHaveFocus()
  expect(screen.getAllByRole('heading', { name: 'Fixed the queue' })).toHaveLength(1)
  expect(key).toMatch(/^[0-9a-f-]{36}$/)
})

it('takes a refused update back, with the text in the form and the reason under its field', async () => {
  const { user } = show([update], '/updates?new')
  server.use(
    http.post('*/api/status', () =>
      problem(422, 'Some fields are wrong', { errors: { title: ['This title is taken.'] } }),
    ),
  )
  await write(user)
  const form = screen.getByRole('form', { name: 'New update' })
  await user.click(within(form).getByRole('button', { name: 'Post update' }))

  expect(await screen.findByText('This title is taken.')).toBeVisible()
  expect(screen.getByRole('textbox', { name: /Title/ })).toHaveValue('Fixed the queue')
  expect(screen.getByRole('textbox', { name: /What happened/ })).toHaveValue('It was a lock.')
  expect(screen.queryByRole('heading', { name: 'Fixed the queue' })).toBeNull()
})

it('keeps what was begun when the composer is closed', async () => {
  const { user } = show([update], '/updates?new')
  await write(user)

  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  await user.click(await screen.findByRole('button', { name: 'Go on with what you began to write' }))

  expect(await screen.findByRole('textbox', { name: /Title/ })).toHaveValue('Fixed the queue')
})

it('offers to edit and delete one’s own only', async () => {
  const { user } = show([mine, update])

  await user.click(await screen.findByRole('button', { name: 'More actions for “Shipped the importer”' }))
  await screen.findByRole('menuitem', { name: 'Copy link' })

  expect(screen.queryByRole('menuitem', { name: 'Edit' })).toBeNull()
  expect(screen.queryByRole('menuitem', { name: 'Delete' })).toBeNull()
})

it('deletes after asking once', async () => {
  const { user, list } = show([mine, update])
  server.use(
    http.delete('*/api/status/5', () => {
      list.shift()
      return new HttpResponse(null, { status: 204 })
    }),
  )

  await user.click(await screen.findByRole('button', { name: 'More actions for “Wrote the plan”' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  await user.click(await screen.findByRole('button', { name: 'Delete' }))

  await waitFor(() => expect(screen.queryByRole('link', { name: 'Wrote the plan' })).toBeNull())
  expect(await screen.findByText('The update is deleted')).toBeVisible()
})

it('edits in place', async () => {
  const { user, list } = show([mine, update])
  let sent: unknown
  server.use(
    http.get('*/api/status/5', () => record(mine)),
    http.patch('*/api/status/5', async ({ request }) => {
      sent = [request.headers.get('If-Match'), await request.json()]
      list[0] = { ...mine, title: 'Wrote both plans' }
      return record(list[0], 2)
    }),
  )

  await user.click(await screen.findByRole('button', { name: 'More actions for “Wrote the plan”' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Edit' }))
  const title = await screen.findByRole('textbox', { name: /Title/ })
  await user.clear(title)
  await user.type(title, 'Wrote both plans')
  await user.click(screen.getByRole('button', { name: 'Save' }))

  expect(await screen.findByRole('link', { name: 'Wrote both plans' })).toHaveFocus()
  expect(sent).toEqual(['"v1"', { title: 'Wrote both plans' }])
})

it('moves with j and k', async () => {
  const { user } = show([mine, update])
  await screen.findByRole('link', { name: 'Wrote the plan' })

  await user.keyboard('jj')
  expect(screen.getByRole('link', { name: 'Shipped the importer' })).toHaveFocus()
  await user.keyboard('k')
  expect(screen.getByRole('link', { name: 'Wrote the plan' })).toHaveFocus()
})
