import { screen, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { Incident } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { incident } from '../../tests/samples'
import { pageOf, problem, server } from '../../tests/server'
import { Page } from './incidents'

function show(items: Incident[], path = '/incidents') {
  const asked: URLSearchParams[] = []
  server.use(
    http.get('*/api/incidents', ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json(pageOf(items))
    }),
  )
  return { asked, ...renderApp(<Page />, { route: '/incidents', path }) }
}

it('groups what is open and what is done', async () => {
  show([incident, { ...incident, id: 5, title: 'Mails were late', status: 'closed' }])

  const list = await screen.findByRole('list', { name: 'Incidents' })

  expect(
    within(list)
      .getAllByRole('heading')
      .map((heading) => heading.textContent),
  ).toEqual(['Open', 'Resolved and closed'])
  expect(within(list).getByRole('link', { name: 'Checkout is slow' })).toHaveAttribute('href', '/incidents/7')
})

it('says what belongs here when there is nothing', async () => {
  const { user } = show([])

  expect(await screen.findByText('No incidents')).toBeVisible()
  await user.click(screen.getAllByRole('button', { name: 'Report incident' })[0] as HTMLElement)

  expect(await screen.findByRole('dialog', { name: 'Report an incident' })).toBeVisible()
})

it('asks for what the URL filters', async () => {
  const { asked } = show(
    [],
    '/incidents?severity=high,critical&assigned_to_id=2&archived=true&start_date=2026-11-01',
  )

  expect(await screen.findByText('Nothing matches')).toBeVisible()
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
    assigned_to_id: '2',
    archived: 'true',
    start_date: '2026-11-01',
  })
  expect(asked[0]?.getAll('severity').join(',')).toBe('high,critical')
})

it('offers to try again after a failure', async () => {
  const { user } = show([incident])
  server.use(
    http.get('*/api/incidents', () => problem(500, 'Something went wrong on our side'), { once: true }),
  )

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'Checkout is slow' })).toBeVisible()
})

it('shows what the server refuses under its field, and keeps the text', async () => {
  const { user } = show([], '/incidents?new')
  server.use(
    http.post('*/api/incidents', () =>
      problem(422, 'Some fields are wrong', { errors: { title: ['This title is taken.'] } }),
    ),
  )

  const title = await screen.findByRole('textbox', { name: /Title/ })
  await user.type(title, 'Checkout is slow')
  await user.type(await screen.findByRole('textbox', { name: /Description/ }), 'Since noon.')
  const dialog = screen.getByRole('dialog')
  await user.click(within(dialog).getByRole('button', { name: 'Report incident' }))

  expect(await screen.findByText('This title is taken.')).toBeVisible()
  expect(title).toHaveValue('Checkout is slow')
  expect(title).toHaveAccessibleDescription(/taken/)
})
