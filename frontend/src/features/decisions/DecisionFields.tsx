import { Group, Stack, TextInput } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import type { UseFormReturnType } from '@mantine/form'
import type { Person } from '~/api/generated'
import { FormError } from '~/ui/FormError'
import { MarkdownEditor } from '~/ui/markdown/MarkdownEditor'
import { PeopleSelect } from '~/ui/PersonSelect'
import { TagsField } from '~/ui/TagsField'
import { words } from './words'

export interface DecisionValues {
  title: string
  decision_date: string
  outcome: string
  context: string
  description: string
  participant_ids: number[]
  tags: string[]
}

export const FIELDS = [
  'title',
  'decision_date',
  'outcome',
  'context',
  'description',
  'participant_ids',
  'tags',
]
const MAX = { title: 200, text: 5_000 }

const text = (limit: number) => (value: string) =>
  value.trim() === '' ? words.blank : value.length > limit ? words.tooLong(limit) : null
export const validation = {
  title: text(MAX.title),
  decision_date: text(MAX.title),
  outcome: text(MAX.text),
  context: text(MAX.text),
  description: text(MAX.text),
}

interface Props {
  form: UseFormReturnType<DecisionValues>
  /** Who takes part already, also when no longer to be chosen. */
  known?: readonly Person[]
  onSubmit: () => void
}

/** What recording and editing have in common, in the order in which it is read. */
export const DecisionFields = ({ form, known, onSubmit }: Props) => (
  <Stack gap="sm">
    <FormError>{form.errors['_']}</FormError>
    <Group align="flex-start" gap="md">
      <TextInput
        label={words.name}
        placeholder={words.nameHint}
        required
        flex={1}
        miw={220}
        maxLength={MAX.title}
        data-autofocus
        {...form.getInputProps('title')}
      />
      <DateInput
        label={words.date}
        required
        w={150}
        valueFormat="YYYY-MM-DD"
        placeholder="YYYY-MM-DD"
        value={form.values.decision_date || null}
        onChange={(date) => form.setFieldValue('decision_date', date ?? '')}
        error={form.errors['decision_date']}
      />
    </Group>
    {(['outcome', 'context', 'description'] as const).map((name) => (
      <MarkdownEditor
        key={name}
        label={words[name]}
        placeholder={words[`${name}Hint`]}
        required
        minRows={3}
        maxLength={MAX.text}
        value={form.values[name]}
        onChange={(value) => form.setFieldValue(name, value)}
        error={form.errors[name]}
        onSubmit={onSubmit}
      />
    ))}
    <PeopleSelect
      label={words.participants}
      description={words.participantsHint}
      known={known}
      value={form.values.participant_ids}
      onChange={(ids) =>
        form.setFieldValue(
          'participant_ids',
          ids.toSorted((one, other) => one - other),
        )
      }
      error={form.errors['participant_ids']}
    />
    <TagsField label={words.tags} description={words.tagsHint} {...form.getInputProps('tags')} />
  </Stack>
)
