import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import type { Decision } from '~/api/generated'
import { peopleQuery } from '~/api/people'
import type { Versioned } from '~/api/versioned'
import { ConflictDialog } from '~/ui/ConflictDialog'
import { fieldErrors } from '~/ui/forms'
import { say } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { day } from '~/ui/time'
import { useVersionedSave } from '~/ui/useVersionedSave'
import { words as uiWords } from '~/ui/words'
import { DecisionFields, type DecisionValues, FIELDS, validation } from './DecisionFields'
import { sendDecision, useDecisionRefresh } from './queries'
import { words } from './words'

const valuesOf = (decision: Decision): DecisionValues => ({
  title: decision.title,
  decision_date: decision.decision_date,
  outcome: decision.outcome,
  context: decision.context,
  description: decision.description,
  participant_ids: decision.participant_ids.toSorted((one, other) => one - other),
  tags: decision.tags,
})

export function EditDecision({ decision, onDone }: { decision: Versioned<Decision>; onDone: () => void }) {
  const { refreshDecisions, reloadDecision } = useDecisionRefresh()
  const { data: people = [] } = useQuery(peopleQuery)
  const known = decision.participants.map(({ user }) => user)
  const nameOf = (id: number) =>
    [...people, ...known].find((person) => person.id === id)?.full_name ?? words.unknownPerson(id)
  const versioned = useVersionedSave<Versioned<Decision>, DecisionValues>({
    record: decision,
    valuesOf,
    send: sendDecision,
    reload: () => reloadDecision(decision.id),
    onSaved: () => {
      void refreshDecisions()
      say(uiWords.saved)
      onDone()
    },
    onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
  })
  const form = useForm<DecisionValues>({
    mode: 'controlled',
    initialValues: versioned.initial,
    validate: validation,
  })
  const save = form.onSubmit((values) => void versioned.save(values))
  return (
    <Panel title={words.editTitle}>
      <form onSubmit={save} noValidate>
        <Stack>
          <DecisionFields form={form} known={known} onSubmit={() => save()} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onDone}>
              {uiWords.cancel}
            </Button>
            <Button type="submit" loading={versioned.saving}>
              {uiWords.save}
            </Button>
          </Group>
        </Stack>
      </form>
      {versioned.conflict && (
        <ConflictDialog
          conflict={versioned.conflict}
          saving={versioned.saving}
          onCancel={versioned.dismiss}
          onSave={(values) => void versioned.save(values)}
          fields={{
            title: { label: words.name },
            decision_date: { label: words.date, show: day },
            outcome: { label: words.outcome },
            context: { label: words.context },
            description: { label: words.description },
            participant_ids: {
              label: words.participants,
              show: (ids) => ids.map(nameOf).join(', ') || words.noParticipants,
            },
            tags: { label: words.tags },
          }}
        />
      )}
    </Panel>
  )
}
