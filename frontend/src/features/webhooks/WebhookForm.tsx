import { Button, Group, MultiSelect, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { FormError } from '~/ui/FormError'
import { words as uiWords } from '~/ui/words'
import { events, type WebhookEvent, words } from './words'

export interface WebhookValues {
  url: string
  description: string
  events: WebhookEvent[]
}

export const FIELDS = ['url', 'description', 'events']

export const validation = {
  url: (value: string) => (/^https?:\/\/\S+$/.test(value.trim()) ? null : words.badUrl),
  events: (value: WebhookEvent[]) => (value.length > 0 ? null : words.someEvent),
}

interface Props {
  form: UseFormReturnType<WebhookValues>
  submit: string
  pending: boolean
  onSubmit: (event: React.SubmitEvent<HTMLFormElement>) => void
  onCancel: () => void
}

export const WebhookForm = ({ form, submit, pending, onSubmit, onCancel }: Props) => (
  <form onSubmit={onSubmit} noValidate>
    <Stack gap="sm">
      <FormError>{form.errors['_']}</FormError>
      <TextInput
        type="url"
        label={words.url}
        description={words.urlHint}
        required
        maxLength={2_000}
        data-autofocus
        {...form.getInputProps('url')}
      />
      <TextInput
        label={words.description}
        placeholder={words.descriptionHint}
        maxLength={200}
        {...form.getInputProps('description')}
      />
      <MultiSelect
        label={words.events}
        required
        searchable
        data={Object.entries(events).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps('events')}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {uiWords.cancel}
        </Button>
        <Button type="submit" loading={pending}>
          {submit}
        </Button>
      </Group>
    </Stack>
  </form>
)
