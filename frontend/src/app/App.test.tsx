import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { incident, quietDay } from '../../tests/samples'
import { ada, admin, pageOf, problem, server, signedInAs } from '../../tests/server'
import { App } from './App'

const nothing = { total: 0, total_is_capped: false, items: [] }

function open(path: string) {
  window.history.pushState({}, '', path)
  server.use(
    http.get('*/api/config', () => HttpResponse.json({ workspace_name: 'Acme', registration: 'open' })),
    http.get('*/api/summaries/today', () =>
      HttpResponse.json({ ...quietDay, statistics: { ...quietDay.statistics, active_incidents: 3 } }),
    ),
    http.get('*/api/incidents', () => HttpResponse.json(pageOf([incident]))),
    http.get('*/api/search', () =>
      HttpResponse.json({
        q: 'slow',
        page: 1,
        limit: 4,
        groups: {
          status_updates: nothing,
          incidents: {
            ...nothing,
            total: 1,
            items: [
              {
                id: 7,
                title: 'Checkout is slow',
                highlights: ['is <mark>slow</mark>'],
                archived: false,
                created_at: incident.created_at,
                url: '/incidents/7',
              },
            ],
          },
          blockers: nothing,
          decisions: nothing,
        },
      }),
    ),
  )
  const user = userEvent.setup()
  render(<App />)
  return user
}

const here = () => window.location.pathname + window.location.search

it('sends who is not signed in to sign in, and remembers where they were going', async () => {
  server.use(http.get('*/api/users/me', () => problem(401, 'Sign in first')))
  open('/incidents?severity=high')

  await waitFor(() => expect(here()).toBe('/sign-in?next=%2Fincidents%3Fseverity%3Dhigh'))
})

it('asks nobody who is signed in when there is no session', async () => {
  let asked = 0
  server.use(
    http.get('*/api/users/me', () => {
      asked += 1
      return problem(401, 'Sign in first')
    }),
  )
  document.cookie = 'csrf_access_token=; max-age=0'
  open('/incidents')

  await waitFor(() => expect(here()).toBe('/sign-in?next=%2Fincidents'))
  expect(asked).toBe(0)
})

it('takes the answer that was asked for while it was on its way', async () => {
  window.earlyMe = Promise.resolve(HttpResponse.json(ada, { headers: { ETag: '"v1"' } }))
  server.use(http.get('*/api/users/me', () => problem(503, 'Not again')))
  open('/incidents')

  expect(await screen.findByRole('button', { name: 'Account of Ada Park' })).toBeVisible()
})

it.each([
  ['the session has ended', () => problem(401, 'Sign in first')],
  ['the account was deactivated', () => problem(403, 'User account is inactive', { code: 'user_inactive' })],
])('comes to the sign-in page when %s meanwhile', async (_what, refuse) => {
  open('/incidents')
  await screen.findByRole('link', { name: 'Checkout is slow' })
  const user = userEvent.setup()
  server.use(http.get('*/api/users/me', refuse), http.get('*/api/incidents', refuse))

  await user.type(screen.getByRole('searchbox', { name: 'Search here' }), 'x{enter}')

  await waitFor(() => expect(window.location.pathname).toBe('/sign-in'))
  expect(new URLSearchParams(window.location.search).get('expired')).toBe('1')
})

it('signs out', async () => {
  let signedOut = false
  const user = open('/incidents')
  server.use(
    http.post('*/api/auth/logout', () => {
      signedOut = true
      return HttpResponse.json({ message: 'Logged out successfully' })
    }),
  )
  await user.click(await screen.findByRole('button', { name: 'Account of Ada Park' }))
  server.use(http.get('*/api/users/me', () => problem(401, 'Sign in first')))

  await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }))

  expect(await screen.findByText('You are signed out.')).toBeVisible()
  expect(window.location.pathname).toBe('/sign-in')
  expect(signedOut).toBe(true)
})

it('says so when it could not sign out, and stays', async () => {
  const user = open('/incidents')
  server.use(http.post('*/api/auth/logout', () => HttpResponse.error()))
  await user.click(await screen.findByRole('button', { name: 'Account of Ada Park' }))

  await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }))

  expect(await screen.findByRole('alert')).toHaveTextContent('reach')
  expect(window.location.pathname).toBe('/incidents')
})

it.each([
  [ada, 0],
  [admin, 1],
])('shows the administration to administrators alone: %o', async (who, shown) => {
  server.use(signedInAs(who))
  const user = open('/incidents')

  await user.click(await screen.findByRole('button', { name: 'Account of Ada Park' }))
  await screen.findByRole('menuitem', { name: 'Profile' })

  expect(screen.queryAllByRole('menuitem', { name: 'Webhooks' })).toHaveLength(shown)
})

it('counts what is open beside its name', async () => {
  open('/incidents')

  const links = await screen.findAllByRole('link', { name: /Incidents.*3 open/ })

  // In the navigation and, on phones, in the bottom bar.
  expect(links.map((link) => link.getAttribute('aria-current'))).toEqual(['page', 'page'])
})

it('goes to a page with g and its letter, and not while typing', async () => {
  const user = open('/incidents')
  const search = await screen.findByRole('searchbox', { name: 'Search here' })
  await user.type(search, 'gs')
  expect(window.location.pathname).toBe('/incidents')
  search.blur()
  server.use(http.get('*/api/summaries', () => HttpResponse.json(pageOf([]))))

  await user.keyboard('gs')

  await waitFor(() => expect(window.location.pathname).toBe('/summaries'))
})

it('finds and opens from the palette', async () => {
  const user = open('/incidents')
  await screen.findByRole('link', { name: 'Checkout is slow' })

  await user.keyboard('{Control>}k{/Control}')
  const box = await screen.findByPlaceholderText('Search, or type what to do')
  await user.type(box, 'slow')
  expect(await screen.findByText('slow', { selector: 'mark' })).toBeVisible()
  await user.click(screen.getByText(/Show all results/))

  await waitFor(() => expect(here()).toBe('/search?q=slow'))
  expect(screen.queryByPlaceholderText('Search, or type what to do')).toBeNull()
})

it('lists the keys', async () => {
  const user = open('/incidents')
  await screen.findByRole('link', { name: 'Checkout is slow' })

  await user.keyboard('?')

  const help = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
  expect(within(help).getByText('Assign the incident to me')).toBeVisible()
})
