import { Outlet, ScrollRestoration } from 'react-router'
import { useArrivals } from '~/ui/leave'

/** Around all pages, whoever is signed in. */
export function Root() {
  useArrivals()
  return (
    <>
      <Outlet />
      <ScrollRestoration getKey={({ pathname, search }) => pathname + search} />
    </>
  )
}
