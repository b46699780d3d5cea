import { screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../tests/render'
import { problem, server } from '../../tests/server'
import { Page } from './search'

const match = {
  id: 7,
  title: 'Checkout is slow',
  highlights: ['The <mark>checkout</mark> &lt;img src=x onerror=alert(1)&gt; &amp; more'],
  archived: true,
  created_at: '2026-11-24T09:00:00.000000Z',
  url: '/incidents/7',
}
const nothing = { total: 0, total_is_capped: false, items: [] }

function answer(incidents: object) {
  const asked: URLSearchParams[] = []
  server.use(
    http.get('*/api/search', ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json({ q: 'x', page: 1, limit: 5, groups: { status_updates: nothing, incidents } })
    }),
  )
  return asked
}

it('asks nothing before there are words', async () => {
  renderApp(<Page />, { path: '/search' })

  expect(await screen.findByText('Search everything the team wrote')).toBeVisible()
})

it('marks what was found, and draws no markup of a record', async () => {
  answer({ total: 1, total_is_capped: false, items: [match] })
  renderApp(<Page />, { path: '/search?q=checkout' })

  expect(await screen.findByRole('link', { name: 'Checkout is slow' })).toHaveAttribute(
    'href',
    '/incidents/7',
  )
  expect(screen.getByText('checkout').tagName).toBe('MARK')
  expect(screen.getByText(/<img src=x onerror=alert\(1\)> & more/)).toBeVisible()
  expect(screen.getByText('archived')).toBeVisible()
  expect(document.querySelector('img')).toBeNull()
})

it('shows all of one type, page by page', async () => {
  const asked = answer({ total: 45, total_is_capped: false, items: [match] })
  const { user } = renderApp(<Page />, { path: '/search?q=checkout' })

  await user.click(await screen.findByRole('button', { name: 'All in Incidents' }))
  await user.click(await screen.findByRole('button', { name: 'Next page' }))

  expect(await screen.findByText('Page 2 of 3')).toBeVisible()
  await waitFor(() => expect(asked.at(-1)?.get('page')).toBe('2'))
  expect(asked.at(-1)?.getAll('types')).toEqual(['incident'])
})

it('says that nothing answers', async () => {
  answer(nothing)
  renderApp(<Page />, { path: '/search?q=zebra' })

  expect(await screen.findByText('Nothing answers “zebra”')).toBeVisible()
})

it('shows why a search was refused', async () => {
  server.use(http.get('*/api/search', () => problem(422, 'The search is not valid')))
  renderApp(<Page />, { path: '/search?q=a' })

  expect(await screen.findByRole('alert')).toHaveTextContent('The search is not valid')
})
