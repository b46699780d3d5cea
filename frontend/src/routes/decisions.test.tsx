import { screen, waitFor, within } from '@testing-library/react'
import { delay, http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { Decision } from '~/api/generated'
import { decision } from '~/features/decisions/sample'
import { dayOf } from '~/ui/time'
import { renderApp } from '../../tests/render'
import { pageOf, problem, record, server } from '../../tests/server'
import { Page } from './decisions'

function show(items: Decision[], path = '/decisions') {
  const asked: URLSearchParams[] = []
  server.use(
    http.get('*/api/decisions', ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json(pageOf(items))
    }),
  )
  return { asked, ...renderApp(<Page />, { route: '/decisions', path }) }
}

const today = dayOf(new Date().toISOString())

async function fillIn(user: ReturnType<typeof show>['user']) {
  // Pasted: a form of this size takes long to type into.
  const fill = async (name: RegExp, text: string) => {
    await user.click(await screen.findByRole('textbox', { name }))
    await user.paste(text)
  }
  await fill(/Title/, 'Freeze')
  await fill(/Outcome/, 'No release on Friday.')
  await fill(/Context/, 'Holidays.')
  await fill(/Description/, 'We looked.')
  await user.click(screen.getByRole('combobox', { name: 'Participants' }))
  await user.click(await screen.findByRole('option', { name: 'Sam Lee' }))
  await user.click(screen.getByRole('combobox', { name: 'Tags' }))
  await user.paste('release')
  await user.keyboard('{Enter}')
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Record decision' }))
}

it('shows date, title, the outcome’s first line, who took part and tags', async () => {
  show([decision])

  const list = await screen.findByRole('list', { name: 'Decisions' })
  const row = within(list).getByRole('listitem')

  expect(within(row).getByRole('link', { name: 'Where jobs wait' })).toHaveAttribute('href', '/decisions/4')
  expect(row).toHaveTextContent(/Fri 20 Nov 2026.*We use Valkey\..*queue.*licence.*Decided by Sam Lee/)
  expect(row).not.toHaveTextContent('From next week on')
})

it('says what belongs here when there is nothing', async () => {
  const { user } = show([])

  expect(await screen.findByText('No decisions')).toBeVisible()
  await user.click(screen.getAllByRole('button', { name: 'Record decision' })[0] as HTMLElement)

  expect(await screen.findByRole('dialog', { name: 'Record a decision' })).toBeVisible()
})

it('asks for what the URL filters', async () => {
  const { asked } = show(
    [],
    '/decisions?participant_id=2&created_by_id=1&tag=queue&start_date=2026-11-01&end_date=2026-11-30',
  )

  expect(await screen.findByText('Nothing matches')).toBeVisible()
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
    participant_id: '2',
    created_by_id: '1',
    tag: 'queue',
    start_date: '2026-11-01',
    end_date: '2026-11-30',
  })
})

it('narrows by one tag: the one that came last', async () => {
  const { user, asked, router } = show([decision], '/decisions?tag=queue')

  await user.click(await screen.findByRole('button', { name: /^Filters/ }))
  await user.click(await screen.findByRole('combobox', { name: 'Tag' }))
  await user.paste('licence')
  await user.keyboard('{Enter}')

  await waitFor(() => expect(router.state.location.search).toBe('?tag=licence'))
  await waitFor(() => expect(asked.at(-1)?.get('tag')).toBe('licence'))
})

it('offers to try again after a failure', async () => {
  const { user } = show([decision])
  server.use(
    http.get('*/api/decisions', () => problem(500, 'Something went wrong on our side'), { once: true }),
  )

  await user.click(await screen.findByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'Where jobs wait' })).toBeVisible()
})

it('shows a new one at once, dated today', async () => {
  let sent: unknown
  let key: string | null = null
  let answer: () => void = () => undefined
  const { user, router } = show([], '/decisions?new')
  server.use(
    http.post('*/api/decisions', async ({ request }) => {
      key = request.headers.get('Idempotency-Key')
      sent = await request.json()
      await new Promise<void>((resolve) => (answer = resolve))
      return record({ ...decision, id: 9 })
    }),
  )

  await fillIn(user)

  const row = (await screen.findByText('Freeze')).closest('li')
  expect(row).toHaveAttribute('data-pending')
  expect(row).toHaveTextContent('No release on Friday.')
  await waitFor(() => expect(sent).toBeDefined())
  answer()
  expect(await screen.findByText('DEC-9 is recorded')).toBeVisible()
  expect(sent).toEqual({
    title: 'Freeze',
    decision_date: today,
    outcome: 'No release on Friday.',
    context: 'Holidays.',
    description: 'We looked.',
    participant_ids: [2],
    tags: ['release'],
  })
  expect(key).toMatch(/.{8,}/)
  await waitFor(() => expect(router.state.location.search).toBe(''))
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('takes a refused one back, with the text and the reasons', async () => {
  const { user } = show([decision], '/decisions?new')
  server.use(
    http.post('*/api/decisions', async () => {
      await delay(20)
      return problem(422, 'Some fields are wrong', {
        errors: { 'tags.0': ['Too odd.'], outcome: ['Say a little more.'] },
      })
    }),
  )

  await fillIn(user)

  expect(await screen.findByText('Too odd.')).toBeVisible()
  expect(screen.getByRole('textbox', { name: /Outcome/ })).toHaveValue('No release on Friday.')
  expect(screen.getByRole('textbox', { name: /Outcome/ })).toHaveAccessibleDescription(/Say a little/)
  expect(screen.getByRole('textbox', { name: /Title/ })).toHaveValue('Freeze')
  expect(screen.queryByRole('link', { name: 'Freeze' })).toBeNull()
})
