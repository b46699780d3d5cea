import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useMe } from '~/api/session'
import { todayQuery } from '~/api/today'
import { peopleQuery } from '~/api/people'
import { Page } from '~/ui/Page'
import { Loaded } from '~/ui/states'
import { Decided, Silent } from './Aside'
import { EmptyWorkspace, useIsEmptyWorkspace } from './EmptyWorkspace'
import { FirstSteps } from './FirstSteps'
import { ActiveBlockers, OpenIncidents } from './Live'
import { NeedsYou } from './NeedsYou'
import { hasPostedQuery, myBlockersQuery, myIncidentsQuery, saidQuery, unreadEntriesQuery } from './queries'
import { SaidLately, type Sending } from './SaidLately'
import { Sentence } from './Sentence'
import { TodaySkeleton } from './TodaySkeleton'
import classes from './Today.module.css'
import { TrendsPanel } from './TrendsPanel'
import { words } from './words'

interface Props {
  composer: ReactNode
  /** Opens the composer. */
  onPost: () => void
  /** Updates on their way to the server. */
  sending: Sending[]
}

export function TodayView(props: Props) {
  const { full_name: name } = useMe()
  const [firstName = name] = name.split(' ')
  return (
    <Page title={words.title} heading={words.greeting(new Date().getHours(), firstName)}>
      {useIsReady() ? <Front {...props} /> : <TodaySkeleton />}
    </Page>
  )
}

/** Everything is drawn at once, so that nothing moves; what failed by then says so in its own place. */
function useIsReady(): boolean {
  const { id } = useMe()
  const { isPending } = useQuery(todayQuery)
  const { isPending: isInboxPending } = useInfiniteQuery(unreadEntriesQuery)
  const others = useQueries({
    queries: [myIncidentsQuery(id), myBlockersQuery(id), saidQuery, hasPostedQuery(id), peopleQuery],
    combine: (results) => results.some((result) => result.isPending),
  })
  return !isPending && !isInboxPending && !others
}

function Front({ composer, onPost, sending }: Props) {
  const isEmpty = useIsEmptyWorkspace() && sending.length === 0
  return (
    <>
      <Sentence />
      <FirstSteps onPost={onPost} />
      {composer}
      {isEmpty ? (
        <EmptyWorkspace onPost={onPost} />
      ) : (
        <div className={classes.columns}>
          <div className={classes.column}>
            <Loaded fallback={null}>
              <NeedsYou />
            </Loaded>
            <Loaded fallback={null}>
              <OpenIncidents />
              <ActiveBlockers />
            </Loaded>
            <Loaded fallback={null}>
              <SaidLately sending={sending} />
            </Loaded>
          </div>
          <div className={classes.column}>
            <Loaded fallback={null}>
              <Silent />
              <Decided />
            </Loaded>
            <TrendsPanel />
          </div>
        </div>
      )}
    </>
  )
}
