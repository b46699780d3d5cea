import { screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import type { Delivery } from '~/api/generated'
import { renderApp } from '../../tests/render'
import { webhook } from '../../tests/samples'
import { admin, pageOf, problem, record, server, signedInAs } from '../../tests/server'
import { Page } from './webhook'

const delivery: Delivery = {
  id: 8,
  message_id: 'msg_8',
  event: 'incident.created',
  subject_type: 'incident',
  subject_id: 7,
  subject_title: 'Checkout is slow',
  created_at: webhook.created_at,
  status: 'failed',
  attempts: 7,
  due_at: null,
  sent_at: null,
  status_code: 500,
  last_error: 'It answered 500',
  response: '<b>oops</b>',
  duration_ms: 12,
}

function show() {
  server.use(
    signedInAs(admin),
    http.get('*/api/webhooks/4', () => record(webhook)),
    http.get('*/api/webhooks/4/deliveries', () => HttpResponse.json(pageOf([delivery]))),
    http.get('*/api/webhooks/4/deliveries/8', () =>
      HttpResponse.json({ ...delivery, payload: { type: 'x' } }),
    ),
  )
  return renderApp(<Page />, { route: '/admin/webhooks/:id', path: '/admin/webhooks/4' })
}

it('sends a message again', async () => {
  const { user } = show()
  server.use(
    http.post('*/api/webhooks/4/deliveries/8/replay', () =>
      HttpResponse.json({ ...delivery, status: 'pending', payload: {} }, { status: 202 }),
    ),
  )

  expect(await screen.findByText(/7 attempts · answered 500/)).toBeVisible()
  await user.click(screen.getByRole('button', { name: /, delivery 8$/ }))
  expect(await screen.findByText('<b>oops</b>')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Send again' }))

  expect(await screen.findByText(/on its way again/)).toBeVisible()
})

it('stays on when switching it off fails', async () => {
  const { user } = show()
  server.use(http.patch('*/api/webhooks/4', () => problem(503, 'The database can’t be reached just now.')))
  const active = await screen.findByRole('switch', { name: 'Active' })

  await user.click(active)

  expect(await screen.findByText(/can’t be reached/)).toBeVisible()
  await waitFor(() => expect(active).toBeChecked())
})
