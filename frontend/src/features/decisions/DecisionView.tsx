import { useSuspenseQuery } from '@tanstack/react-query'
import { useId } from 'react'
import type { Decision } from '~/api/generated'
import { useMe } from '~/api/session'
import type { Versioned } from '~/api/versioned'
import { useKeys } from '~/ui/keys'
import { Markdown } from '~/ui/markdown/Markdown'
import { pathOf, paths } from '~/ui/paths'
import { RecordPage } from '~/ui/RecordPage'
import { useRecent } from '~/ui/recent'
import { useFlag } from '~/ui/useFlag'
import { DecisionActions } from './DecisionActions'
import { DecisionFacts } from './DecisionFacts'
import classes from './Decisions.module.css'
import { EditDecision } from './EditDecision'
import { GoneDecision } from './GoneDecision'
import { HistoryPanel } from './HistoryPanel'
import { decisionQuery } from './queries'
import { words } from './words'

export function DecisionView({ id }: { id: number }) {
  const { data: decision } = useSuspenseQuery(decisionQuery(id))
  return decision === null ? <GoneDecision id={id} /> : <PresentDecision decision={decision} />
}

function PresentDecision({ decision }: { decision: Versioned<Decision> }) {
  const { id, title } = decision
  const me = useMe()
  const [editing, setEditing] = useFlag('edit')
  const [history, setHistory] = useFlag('history')
  useRecent(pathOf.decision(id), `${words.number(id)} ${title}`)
  const mayChange = decision.created_by_id === me.id || me.role === 'admin'
  useKeys({ e: () => mayChange && setEditing(true) })

  return (
    <RecordPage
      title={title}
      number={words.number(id)}
      parent={{ to: paths.decisions, text: words.title }}
      actions={
        <DecisionActions
          id={id}
          mayChange={mayChange}
          history={history}
          onHistory={setHistory}
          onEdit={() => setEditing(true)}
        />
      }
      facts={<DecisionFacts decision={decision} />}
    >
      {editing && mayChange ? (
        <EditDecision decision={decision} onDone={() => setEditing(false)} />
      ) : history ? (
        <HistoryPanel id={id} known={decision.participants.map(({ user }) => user)} />
      ) : (
        <Document decision={decision} />
      )}
    </RecordPage>
  )
}

/** The outcome first: who has one minute reads that. */
const Document = ({ decision }: { decision: Decision }) => (
  <div className={classes.document}>
    <Part title={words.outcome} text={decision.outcome} className={classes.outcome} />
    <Part title={words.context} text={decision.context} />
    <Part title={words.description} text={decision.description} />
  </div>
)

function Part({
  title,
  text,
  className = classes.part,
}: {
  title: string
  text: string
  className?: string
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={className}>
      <h2 id={id}>{title}</h2>
      <Markdown text={text} />
    </section>
  )
}
