import { MantineProvider } from '@mantine/core'
import { DatesProvider } from '@mantine/dates'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { createBrowserRouter, RouterProvider } from 'react-router'
import { createQueryClient } from '~/api/query-client'
import { meQuery } from '~/api/session'
import { leave } from '~/ui/leave'
import { signInPath } from '~/ui/paths'
import { routes } from './router'
import { theme } from './theme'

function start() {
  const router = createBrowserRouter(routes)
  const queryClient = createQueryClient(() => {
    const { location, navigation } = router.state
    const isLeaving = [location, navigation.location].some((one) => one?.pathname === '/sign-in')
    if (isLeaving || queryClient.getQueryData(meQuery.queryKey) === undefined) return
    // Come back here afterwards: what was being written is kept as a draft. The page that is left still needs to know
    // whose it is: nothing is forgotten before it is gone.
    const signIn = signInPath(location.pathname + location.search, { expired: true })
    void leave(() => router.navigate(signIn)).then(() => queryClient.clear())
  })
  // Before the page's own chunk is there; the shell shows what went wrong.
  queryClient.query(meQuery).catch(() => undefined)
  return { router, queryClient }
}

export function App() {
  const [{ router, queryClient }] = useState(start)
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      env={import.meta.env.MODE === 'test' ? 'test' : 'default'}
    >
      <DatesProvider settings={{ firstDayOfWeek: 1 }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <Notifications position="bottom-center" limit={3} />
        </QueryClientProvider>
      </DatesProvider>
    </MantineProvider>
  )
}
