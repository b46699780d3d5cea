import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { type ReactNode, Suspense } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { createQueryClient } from '~/api/query-client'
import { Root } from '~/app/Root'
import { theme } from '~/app/theme'

interface Options {
  /** Where the page stands, with `:id` and the like. */
  route?: string
  /** Where one is. */
  path?: string
}

/** Draws a page as the application does; gives the user who acts on it and the router. */
export function renderApp(ui: ReactNode, { route = '*', path = '/' }: Options = {}) {
  const queryClient = createQueryClient(() => undefined)
  queryClient.setDefaultOptions({ queries: { retry: false, staleTime: 10_000 } })
  const router = createMemoryRouter(
    [
      {
        Component: Root,
        children: [
          { path: route, element: <Suspense fallback={null}>{ui}</Suspense> },
          { path: '*', element: <p>Elsewhere</p> },
        ].slice(0, route === '*' ? 1 : 2),
      },
    ],
    { initialEntries: [path] },
  )
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Notifications />
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { user: userEvent.setup(), router, queryClient }
}
