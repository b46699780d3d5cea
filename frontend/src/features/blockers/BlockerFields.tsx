import { Group, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { FormError } from '~/ui/FormError'
import { MarkdownEditor } from '~/ui/markdown/MarkdownEditor'
import { RecordSelect } from './RecordSelect'
import { words } from './words'

export interface BlockerValues {
  description: string
  impact: string
  related_incident_id: number | null
  related_status_id: number | null
}

export const FIELDS = ['description', 'impact', 'related_incident_id', 'related_status_id']
export const MAX = { description: 2_000, impact: 1_000, notes: 1_000 }

const text = (limit: number) => (value: string) =>
  value.trim() === '' ? words.blank : value.length > limit ? words.tooLong(limit) : null
export const validation = { description: text(MAX.description), impact: text(MAX.impact) }

interface Props {
  form: UseFormReturnType<BlockerValues>
  onSubmit: () => void
}

/** What reporting and editing have in common. */
export const BlockerFields = ({ form, onSubmit }: Props) => (
  <Stack gap="sm">
    <FormError>{form.errors['_']}</FormError>
    <MarkdownEditor
      label={words.description}
      placeholder={words.descriptionHint}
      required
      autoFocus
      maxLength={MAX.description}
      value={form.values.description}
      onChange={(value) => form.setFieldValue('description', value)}
      error={form.errors['description']}
      onSubmit={onSubmit}
    />
    <MarkdownEditor
      label={words.impact}
      placeholder={words.impactHint}
      required
      minRows={2}
      maxLength={MAX.impact}
      value={form.values.impact}
      onChange={(value) => form.setFieldValue('impact', value)}
      error={form.errors['impact']}
      onSubmit={onSubmit}
    />
    <Group align="flex-start" gap="md">
      <RecordSelect
        kind="incident"
        value={form.values.related_incident_id}
        onChange={(id) => form.setFieldValue('related_incident_id', id)}
        error={form.errors['related_incident_id']}
      />
      <RecordSelect
        kind="update"
        value={form.values.related_status_id}
        onChange={(id) => form.setFieldValue('related_status_id', id)}
        error={form.errors['related_status_id']}
      />
    </Group>
  </Stack>
)
