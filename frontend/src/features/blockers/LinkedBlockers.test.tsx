import { screen, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { renderApp } from '../../../tests/render'
import { incident } from '../../../tests/samples'
import { pageOf, record, server } from '../../../tests/server'
import { LinkedBlockers } from './LinkedBlockers'
import { blocker } from './sample'

const asked: (string | null)[] = []

beforeEach(() => {
  asked.length = 0
  server.use(
    http.get('*/api/incidents', () => HttpResponse.json(pageOf([incident]))),
    http.get('*/api/incidents/7', () => record(incident)),
    http.get('*/api/status', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/blockers', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('related_incident_id'))
      return HttpResponse.json(pageOf([{ ...blocker, related_incident_id: 7 }]))
    }),
  )
})

it('lists what waits for this incident alone', async () => {
  renderApp(<LinkedBlockers incidentId={7} />)

  const list = await screen.findByRole('list', { name: 'Blockers' })

  expect(within(list).getByRole('link', { name: 'No access to staging' })).toHaveAttribute(
    'href',
    '/blockers/7',
  )
  expect(asked).toEqual(['7'])
})

it('reports one for this incident in place', async () => {
  const { user } = renderApp(<LinkedBlockers incidentId={7} />)
  let sent: unknown
  server.use(
    http.post('*/api/blockers', async ({ request }) => {
      sent = await request.json()
      return record({ ...blocker, id: 9 })
    }),
  )

  await user.click(await screen.findByRole('button', { name: 'Report a blocker for this' }))
  await user.type(await screen.findByRole('textbox', { name: /What is waiting/ }), 'No logs')
  await user.type(
    screen.getByRole('textbox', { name: /What it costs/ }),
    'We guess.{Control>}{Enter}{/Control}',
  )

  expect(await screen.findByText('BLK-9 is reported')).toBeVisible()
  expect(sent).toMatchObject({ description: 'No logs', impact: 'We guess.', related_incident_id: 7 })
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('offers nothing under an archived incident', async () => {
  renderApp(<LinkedBlockers incidentId={7} readOnly />)

  await screen.findByRole('list', { name: 'Blockers' })

  expect(screen.queryByRole('button', { name: 'Report a blocker for this' })).toBeNull()
})
