import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../tests/render'
import { summary } from '../../tests/samples'
import { admin, pageOf, problem, server, signedInAs } from '../../tests/server'
import { Page } from './summaries'

const answer = (items: unknown[]) =>
  server.use(http.get('*/api/summaries', () => HttpResponse.json(pageOf(items))))

it('lists the days with their figures', async () => {
  answer([summary])
  renderApp(<Page />)

  expect(await screen.findByRole('link', { name: 'Tue 24 Nov 2026' })).toHaveAttribute('href', '/summaries/3')
  expect(screen.queryByRole('button', { name: /Write/ })).toBeNull()
})

it('lets administrators write the first one', async () => {
  answer([])
  server.use(
    signedInAs(admin),
    http.post('*/api/summaries/generate', () => problem(503, 'The database is too busy for this just now.')),
  )
  const { user } = renderApp(<Page />)
  expect(await screen.findByText('No summary yet')).toBeVisible()

  await user.click(screen.getAllByRole('button', { name: 'Write today’s summary' })[0] as HTMLElement)

  expect(await screen.findByText(/too busy/)).toBeVisible()
})
