import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { Activity } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { ada, nested, pageOf, server } from '../../tests/server'
import { Page } from './activity'

const act = (id: number, more: Partial<Activity>): Activity => ({
  id,
  action: 'incident.updated',
  actor: nested(ada),
  subject_type: 'incident',
  subject_id: 7,
  subject_title: 'Checkout is slow',
  changes: [],
  request_id: 'r',
  occurred_at: '2026-11-24T09:00:00.000000Z',
  ...more,
})

it('tells what happened in words', async () => {
  server.use(
    http.get('*/api/activity', () =>
      HttpResponse.json(
        pageOf([
          act(1, { changes: [{ field: 'severity', old: 'medium', new: 'high' }] }),
          act(2, { action: 'incident.assigned', changes: [{ field: 'assigned_to_id', old: null, new: 2 }] }),
          act(3, { action: 'summary.generated', subject_type: 'summary', actor: null }),
          act(4, { changes: [{ field: 'description', old: 'a', new: 'b' }] }),
        ]),
      ),
    ),
  )
  renderApp(<Page />)

  expect(await screen.findByText(/raised severity from medium to high/)).toBeVisible()
  expect(await screen.findByText(/assigned it to Sam Lee/)).toBeVisible()
  expect(screen.getByText(/wrote this summary/)).toHaveTextContent(/^AsyncOps/)
  expect(screen.getByText(/edited the description/)).toBeVisible()
  expect(screen.getAllByRole('link', { name: 'Checkout is slow' })[0]).toHaveAttribute('href', '/incidents/7')
})

it('says when nothing matches', async () => {
  renderApp(<Page />, { path: '/?subject_type=decision' })

  expect(await screen.findByText('Nothing matches')).toBeVisible()
})
