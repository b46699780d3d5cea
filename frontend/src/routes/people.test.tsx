import { screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../tests/render'
import { ada, admin, pageOf, problem, sam, server, signedInAs } from '../../tests/server'
import { Page } from './people'

function show(invitations: object[] = []) {
  server.use(
    signedInAs(admin),
    http.get('*/api/users', () =>
      HttpResponse.json(pageOf([admin, sam].map((user) => ({ ...user, last_seen_at: null })))),
    ),
    http.get('*/api/users/invitations', () => HttpResponse.json(pageOf(invitations))),
  )
  return renderApp(<Page />)
}

it('is closed to members', async () => {
  server.use(signedInAs(ada))
  renderApp(<Page />)

  expect(await screen.findByRole('alert')).toHaveTextContent('This page is for administrators')
})

it('changes a role in place, and not one’s own', async () => {
  let sent: unknown
  const { user } = show()
  server.use(
    http.patch('*/api/users/2', async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json({ ...sam, role: 'admin', last_seen_at: null })
    }),
  )
  expect(await screen.findByRole('combobox', { name: 'Role of Ada Park' })).toBeDisabled()

  await user.selectOptions(screen.getByRole('combobox', { name: 'Role of Sam Lee' }), 'Administrator')

  expect(await screen.findByText('Sam Lee is now: Administrator')).toBeVisible()
  expect(sent).toEqual({ role: 'admin' })
})

it('puts back what the server refuses', async () => {
  const { user } = show()
  server.use(http.patch('*/api/users/2', () => problem(400, 'The last administrator can’t be deactivated')))
  const active = await screen.findByRole('switch', { name: 'Sam Lee may sign in' })

  await user.click(active)

  expect(await screen.findByText(/last administrator/)).toBeVisible()
  await waitFor(() => expect(active).toBeChecked())
})

it('invites, and shows what the server refuses under the field', async () => {
  const { user } = show()
  server.use(
    http.post('*/api/users/invitations', () =>
      problem(422, 'Some fields are wrong', { errors: { email: ['Not a valid email address.'] } }),
    ),
  )
  await user.click(await screen.findByRole('button', { name: 'Invite' }))
  const email = await screen.findByRole('textbox', { name: /E-mail/ })
  await user.type(email, 'kim@example{enter}')

  await waitFor(() => expect(email).toHaveAccessibleDescription('Not a valid email address.'))
  expect(email).toHaveValue('kim@example')
})

it('withdraws an invitation', async () => {
  const { user } = show([
    {
      id: 5,
      email: 'kim@example.org',
      role: 'member',
      invited_by_id: 1,
      created_at: ada.created_at,
      expires_at: ada.created_at,
      sent_at: null,
      link: 'http://localhost/register#x',
    },
  ])
  server.use(http.delete('*/api/users/invitations/5', () => new HttpResponse(null, { status: 204 })))

  await user.click(await screen.findByRole('button', { name: 'Withdraw the invitation of kim@example.org' }))

  expect(await screen.findByText('The link for kim@example.org no longer works')).toBeVisible()
})
