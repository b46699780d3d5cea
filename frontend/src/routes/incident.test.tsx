import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import type { Incident } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { incident } from '../../tests/samples'
import { ada, admin, nested, pageOf, problem, record, server, signedInAs } from '../../tests/server'
import { Page } from './incident'

function show(shown: Incident, path = '/incidents/7') {
  server.use(
    http.get('*/api/incidents/7', () => record(shown)),
    http.get('*/api/blockers', () => HttpResponse.json(pageOf([]))),
  )
  return renderApp(<Page />, { route: '/incidents/:id', path })
}

describe('an incident', () => {
  it('offers only the steps that are allowed', async () => {
    show({ ...incident, status: 'resolved' })

    const steps = await screen.findByRole('region', { name: 'Status' })
    const offered = within(steps).getAllByRole('button')

    expect(offered.map((button) => button.textContent)).toEqual(['Close', 'Take up again'])
  })

  it('resolves with notes', async () => {
    let sent: unknown
    const { user } = show(incident)
    server.use(
      http.patch('*/api/incidents/7/status', async ({ request }) => {
        sent = await request.json()
        return record({ ...incident, status: 'resolved', resolution_notes: 'An index.' }, 2)
      }),
    )

    await user.click(await screen.findByRole('button', { name: 'Resolve' }))
    await user.type(await screen.findByRole('textbox', { name: /Resolution notes/ }), 'An index.')
    await user.click(screen.getByRole('button', { name: 'Resolve with these notes' }))

    await waitFor(() => expect(sent).toEqual({ status: 'resolved', resolution_notes: 'An index.' }))
  })

  it('takes a refused step back and says why', async () => {
    const { user } = show(incident)
    server.use(http.patch('*/api/incidents/7/status', () => problem(400, 'Somebody closed it already')))

    await user.click(await screen.findByRole('button', { name: 'Start work' }))

    expect(await screen.findByText('Somebody closed it already')).toBeVisible()
    expect(await screen.findByRole('button', { name: 'Start work' })).toBeEnabled()
  })

  it('is assigned to me with a key', async () => {
    let sent: unknown
    const { user } = show(incident)
    server.use(
      http.patch('*/api/incidents/7/assign', async ({ request }) => {
        sent = await request.json()
        return record({ ...incident, assigned_to_id: ada.id, assigned_to: nested(ada) }, 2)
      }),
    )
    await screen.findByRole('heading', { level: 1, name: 'Checkout is slow' })

    await user.keyboard('a')

    await waitFor(() => expect(sent).toEqual({ assigned_to_id: ada.id }))
  })

  it('is read-only when archived, and only administrators delete it', async () => {
    show({ ...incident, archived: true })

    expect(await screen.findByText(/nothing here can be changed/)).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Resolve' })).toBeNull()
  })

  it.each([
    [ada, false],
    [admin, true],
  ])('offers to delete an archived one to %o: %s', async (who, offered) => {
    server.use(signedInAs(who))
    const { user } = show({ ...incident, archived: true })

    await user.click(await screen.findByRole('button', { name: 'More actions' }))
    await screen.findByRole('menuitem', { name: 'Copy link' })

    expect(screen.queryAllByRole('menuitem', { name: 'Delete' })).toHaveLength(offered ? 1 : 0)
  })

  it('shows both versions when somebody changed it meanwhile', async () => {
    let version = 1
    const sent: unknown[] = []
    const { user } = show(incident, '/incidents/7?edit')
    server.use(
      http.get('*/api/incidents/7', () =>
        record(
          version === 1 ? incident : { ...incident, title: 'Checkout is down', severity: 'critical' },
          version,
        ),
      ),
      http.patch('*/api/incidents/7', async ({ request }) => {
        sent.push([request.headers.get('If-Match'), await request.json()])
        if (sent.length > 1) return record(incident, 3)
        version = 2
        return problem(412, 'The record was changed meanwhile')
      }),
    )
    const title = await screen.findByRole('textbox', { name: /Title/ })
    await user.clear(title)
    await user.type(title, 'Checkout is very slow')
    await user.click(screen.getByRole('button', { name: 'Save' }))

    const dialog = await screen.findByRole('dialog', { name: 'Someone changed this meanwhile' })
    expect(within(dialog).getByRole('radio', { name: 'Title: Mine' })).toBeChecked()
    expect(within(dialog).getByRole('radio', { name: 'Severity: Theirs' })).toBeChecked()
    await user.click(within(dialog).getByRole('button', { name: 'Save this' }))

    await waitFor(() => expect(sent).toHaveLength(2))
    expect(sent).toEqual([
      ['"v1"', { title: 'Checkout is very slow' }],
      ['"v2"', { title: 'Checkout is very slow' }],
    ])
  })
})
