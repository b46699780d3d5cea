/** Leaving a page for good: navigating resolves while the page still stands, in React's transition to the next. */
import { useEffect } from 'react'
import { type NavigateOptions, useLocation, useNavigate } from 'react-router'

const waiting = new Set<() => void>()

const arrival = () =>
  new Promise<void>((resolve) => {
    waiting.add(resolve)
  })

/** For what frames all pages: tells who waits that another page stands. */
export function useArrivals() {
  const { key } = useLocation()
  useEffect(() => {
    for (const resolve of waiting) resolve()
    waiting.clear()
  }, [key])
}

/** Resolves once the page is gone, so that nothing on it asks any more for what is no longer there. */
export async function leave(navigate: () => void | Promise<void>) {
  const arrived = arrival()
  await navigate()
  await arrived
}

export function useLeave() {
  const navigate = useNavigate()
  return (to: string, options?: NavigateOptions) => leave(() => navigate(to, options))
}
