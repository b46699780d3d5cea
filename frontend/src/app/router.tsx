/** Every page and its address. Pages are chunks of their own. */
import type { RouteObject } from 'react-router'
import { ApiError } from '~/api/errors'
import { Failure } from '~/ui/states'
import { Root } from './Root'
import { RouteFailure } from './RouteFailure'
import { Shell } from './shell/Shell'

type PageModule = Promise<{ Page: React.ComponentType }>

const missing = new ApiError(404)

const page = (load: () => PageModule) => async () => ({ Component: (await load()).Page })

export const routes: RouteObject[] = [
  {
    Component: Root,
    ErrorBoundary: RouteFailure,
    HydrateFallback: () => null,
    children: [
      { path: '/sign-in', lazy: page(() => import('~/routes/sign-in')) },
      { path: '/register', lazy: page(() => import('~/routes/register')) },
      { path: '/forgot-password', lazy: page(() => import('~/routes/forgot-password')) },
      { path: '/reset-password', lazy: page(() => import('~/routes/reset-password')) },
      {
        Component: Shell,
        children: [
          {
            ErrorBoundary: RouteFailure,
            children: [
              { path: '/', lazy: page(() => import('~/routes/today')) },
              { path: '/updates', lazy: page(() => import('~/routes/updates')) },
              { path: '/updates/:id', lazy: page(() => import('~/routes/update')) },
              { path: '/incidents', lazy: page(() => import('~/routes/incidents')) },
              { path: '/incidents/:id', lazy: page(() => import('~/routes/incident')) },
              { path: '/blockers', lazy: page(() => import('~/routes/blockers')) },
              { path: '/blockers/:id', lazy: page(() => import('~/routes/blocker')) },
              { path: '/decisions', lazy: page(() => import('~/routes/decisions')) },
              { path: '/decisions/:id', lazy: page(() => import('~/routes/decision')) },
              { path: '/summaries', lazy: page(() => import('~/routes/summaries')) },
              { path: '/summaries/:id', lazy: page(() => import('~/routes/summary')) },
              { path: '/search', lazy: page(() => import('~/routes/search')) },
              { path: '/inbox', lazy: page(() => import('~/routes/inbox')) },
              { path: '/profile', lazy: page(() => import('~/routes/profile')) },
              { path: '/notifications', lazy: page(() => import('~/routes/notifications')) },
              { path: '/admin/people', lazy: page(() => import('~/routes/people')) },
              { path: '/admin/webhooks', lazy: page(() => import('~/routes/webhooks')) },
              { path: '/admin/webhooks/:id', lazy: page(() => import('~/routes/webhook')) },
              { path: '/admin/activity', lazy: page(() => import('~/routes/activity')) },
              { path: '*', Component: () => <Failure error={missing} /> },
            ],
          },
        ],
      },
    ],
  },
]
