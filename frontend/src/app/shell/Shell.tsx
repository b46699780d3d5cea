import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { Navigate, Outlet, useLocation, useNavigation } from 'react-router'
import { isSignedOut } from '~/api/errors'
import { meQuery } from '~/api/session'
import { signInPath } from '~/ui/paths'
import { Failure, Later, Loaded, RecordSkeleton } from '~/ui/states'
import { BottomBar } from './BottomBar'
import { Keyboard } from './Keyboard'
import { LazyPalette } from './LazyPalette'
import { Navigation } from './Navigation'
import { Offline } from './Offline'
import classes from './Shell.module.css'
import { TabMark } from './TabMark'
import { words } from './words'

/** The frame around every page of somebody who is signed in; all others are sent to sign in, and back. */
export function Shell() {
  const { data: me, error, refetch } = useQuery(meQuery)
  const { pathname, search } = useLocation()
  // Whoever was known is taken to sign in by what notices the end of the session.
  if (me !== undefined) return <Frame />
  if (isSignedOut(error)) return <Navigate to={signInPath(pathname + search)} replace />
  return error ? <Failure error={error} onRetry={() => void refetch()} /> : <RecordSkeleton />
}

function Frame() {
  const main = useRef<HTMLElement>(null)
  const moving = useNavigation().state === 'loading'
  return (
    <div className={classes.frame}>
      <a
        href="#main"
        className={classes.skip}
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        {words.skip}
      </a>
      <Navigation />
      <main id="main" ref={main} tabIndex={-1} className={classes.main} aria-busy={moving}>
        <Offline />
        {moving && (
          <Later>
            <div className={classes.progress} />
          </Later>
        )}
        <Loaded fallback={<RecordSkeleton />}>
          <Outlet />
        </Loaded>
      </main>
      <BottomBar />
      <Keyboard />
      <LazyPalette />
      <TabMark />
    </div>
  )
}
