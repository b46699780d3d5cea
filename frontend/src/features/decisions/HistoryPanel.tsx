import { lazy } from 'react'
import type { Person } from '~/api/generated'
import { Panel } from '~/ui/Panel'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { words } from './words'

// Few ask for it, and it brings a library along.
const History = lazy(() => import('./History'))

export const HistoryPanel = ({ id, known = [] }: { id: number; known?: readonly Person[] }) => (
  <Panel title={words.history}>
    <Loaded fallback={<RowsSkeleton rows={3} />}>
      <History id={id} known={known} />
    </Loaded>
  </Panel>
)
