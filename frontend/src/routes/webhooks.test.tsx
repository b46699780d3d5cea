import { screen, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../tests/render'
import { webhook } from '../../tests/samples'
import { ada, admin, pageOf, problem, server, signedInAs } from '../../tests/server'
import { Page } from './webhooks'

function show(items: object[], path = '/admin/webhooks') {
  server.use(
    signedInAs(admin),
    http.get('*/api/webhooks', () => HttpResponse.json(pageOf(items))),
  )
  return renderApp(<Page />, { route: '/admin/webhooks', path })
}

it('is closed to members', async () => {
  server.use(signedInAs(ada))
  renderApp(<Page />)

  expect(await screen.findByRole('alert')).toHaveTextContent('This page is for administrators')
})

it('lists what is told to whom', async () => {
  show([webhook])

  expect(await screen.findByRole('link', { name: 'The status page' })).toHaveAttribute(
    'href',
    '/admin/webhooks/4',
  )
  expect(screen.getByText('https://hooks.example.org/in · Incident reported')).toBeVisible()
})

it('shows a new secret once', async () => {
  const { user } = show([], '/admin/webhooks?new')
  server.use(
    http.post('*/api/webhooks', () =>
      HttpResponse.json({ ...webhook, secret: 'whsec_abc' }, { status: 201 }),
    ),
  )
  await user.type(await screen.findByRole('textbox', { name: /Address/ }), webhook.url)
  await user.click(screen.getByRole('combobox', { name: /Events/ }))
  await user.click(await screen.findByRole('option', { name: 'Incident reported' }))
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Add webhook' }))

  expect(await screen.findByText('whsec_abc')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'I have kept it' }))

  expect(screen.queryByText('whsec_abc')).toBeNull()
})

it('says what is wrong with an address', async () => {
  const { user } = show([], '/admin/webhooks?new')
  server.use(
    http.post('*/api/webhooks', () =>
      problem(422, 'x', { errors: { url: ['It leads to a private address.'] } }),
    ),
  )
  const url = await screen.findByRole('textbox', { name: /Address/ })
  await user.type(url, 'ftp://x{enter}')
  expect(await screen.findByText(/starts with https/)).toBeVisible()

  await user.clear(url)
  await user.type(url, 'http://10.0.0.1')
  await user.click(screen.getByRole('combobox', { name: /Events/ }))
  await user.click(await screen.findByRole('option', { name: 'Everything' }))
  await user.type(url, '{enter}')

  expect(await screen.findByText('It leads to a private address.')).toBeVisible()
})
