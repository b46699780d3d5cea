import { Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { Incident } from '~/api/generated'
import { FormError } from '~/ui/FormError'
import { MarkdownEditor } from '~/ui/markdown/MarkdownEditor'
import { PersonSelect } from '~/ui/PersonSelect'
import { words as uiWords } from '~/ui/words'
import { words } from './words'

export interface IncidentValues {
  title: string
  description: string
  severity: Incident['severity']
  assigned_to_id: number | null
}

export const FIELDS = ['title', 'description', 'severity', 'assigned_to_id']
export const MAX_TITLE = 200
export const MAX_TEXT = 5_000

export const notBlank = (value: string) => (value.trim() === '' ? words.blank : null)
export const validation = { title: notBlank, description: notBlank }

interface Props {
  form: UseFormReturnType<IncidentValues>
  assignee?: Incident['assigned_to']
  onSubmit: () => void
}

/** What reporting and editing have in common. */
export function IncidentFields({ form, assignee, onSubmit }: Props) {
  return (
    <Stack gap="sm">
      <FormError>{form.errors['_']}</FormError>
      <TextInput
        label={words.name}
        placeholder={words.nameHint}
        required
        maxLength={MAX_TITLE}
        data-autofocus
        {...form.getInputProps('title')}
      />
      <MarkdownEditor
        label={words.description}
        placeholder={words.descriptionHint}
        required
        maxLength={MAX_TEXT}
        value={form.values.description}
        onChange={(text) => form.setFieldValue('description', text)}
        error={form.errors['description']}
        onSubmit={onSubmit}
      />
      <Group align="flex-end" gap="md">
        <div>
          <Text size="sm" fw={500} mb={4} id="severity-label">
            {words.severity}
          </Text>
          <SegmentedControl
            aria-labelledby="severity-label"
            data={(['low', 'medium', 'high', 'critical'] as const).map((value) => ({
              value,
              label: uiWords.severity[value],
            }))}
            {...form.getInputProps('severity')}
          />
        </div>
        <PersonSelect
          label={words.assignee}
          known={assignee}
          flex={1}
          miw={180}
          value={form.values.assigned_to_id}
          onChange={(id) => form.setFieldValue('assigned_to_id', id)}
          error={form.errors['assigned_to_id']}
        />
      </Group>
    </Stack>
  )
}
