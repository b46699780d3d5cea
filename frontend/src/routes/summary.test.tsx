import { screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../tests/render'
import { quietDay, summary } from '../../tests/samples'
import { admin, pageOf, record, server, signedInAs } from '../../tests/server'
import { Page } from './summary'

function show(shown = summary) {
  server.use(
    http.get('*/api/summaries/:id', () => record(shown)),
    http.get('*/api/summaries', ({ request }) =>
      HttpResponse.json(
        pageOf(
          new URL(request.url).searchParams.has('end_date')
            ? [summary, { ...summary, id: 2, summary_date: '2026-11-23' }]
            : [{ ...summary, id: 9, summary_date: '2026-11-25' }, summary],
        ),
      ),
    ),
  )
  return renderApp(<Page />, { route: '/summaries/:id', path: '/summaries/3' })
}

it('reads like a paper: what is empty is not printed', async () => {
  show({
    ...summary,
    content: {
      ...quietDay,
      status_updates: [
        {
          id: 1,
          title: 'Shipped it',
          author: { id: 2, full_name: 'Sam Lee' },
          created_at: summary.window_start,
        },
      ],
      no_update_from: [{ id: 1, full_name: 'Ada Park' }],
      left_out: { ...quietDay.left_out, status_updates: 12 },
    },
  })

  expect(await screen.findByRole('link', { name: 'Shipped it' })).toHaveAttribute('href', '/updates/1')
  expect(screen.getByText('and 12 more')).toBeVisible()
  expect(screen.getAllByRole('heading', { level: 2 }).map((heading) => heading.textContent)).toEqual([
    'Updates by person',
    'No update from',
  ])
})

it('says so when there is nothing to report', async () => {
  show()

  expect(await screen.findByText(/Nothing to report/)).toBeVisible()
})

it('goes to the days beside with the arrow keys', async () => {
  const { user, router } = show()
  await waitFor(() => expect(screen.getByRole('button', { name: 'Next day' })).toBeEnabled())

  await user.keyboard('{ArrowRight}')

  await waitFor(() => expect(router.state.location.pathname).toBe('/summaries/9'))
})

it('is written again by administrators alone', async () => {
  show()
  await screen.findByRole('button', { name: 'Copy as Markdown' })

  expect(screen.queryByRole('button', { name: 'Write again' })).toBeNull()
})

it('is written again for its own day', async () => {
  let asked: string | null = null
  server.use(
    signedInAs(admin),
    http.post('*/api/summaries/generate', ({ request }) => {
      asked = new URL(request.url).search
      return HttpResponse.json({ ...summary, revision: 2 }, { status: 201 })
    }),
  )
  const { user } = show()

  await user.click(await screen.findByRole('button', { name: 'Write again' }))

  expect(await screen.findByText('The summary is written')).toBeVisible()
  expect(asked).toBe('?summary_date=2026-11-24&force_update=true')
})
