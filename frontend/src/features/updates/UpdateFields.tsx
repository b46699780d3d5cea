import { Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { FormError } from '~/ui/FormError'
import { MarkdownEditor } from '~/ui/markdown/MarkdownEditor'
import { TagsField } from '~/ui/TagsField'
import type { UpdateValues } from './queries'
import { words } from './words'

export const FIELDS = ['title', 'content', 'tags']
const MAX_TITLE = 200
const MAX_CONTENT = 10_000
const MAX_TAGS = 20
const MAX_TAG = 50

const within = (most: number) => (value: string) =>
  value.trim() === '' ? words.blank : Array.from(value).length > most ? words.tooLong(most) : null

export const validation = {
  title: within(MAX_TITLE),
  content: within(MAX_CONTENT),
  tags: (tags: string[]) =>
    tags.length > MAX_TAGS
      ? words.tooManyTags(MAX_TAGS)
      : tags.some((tag) => Array.from(tag).length > MAX_TAG)
        ? words.longTag(MAX_TAG)
        : null,
}

/** What posting and editing have in common. */
export function UpdateFields({
  form,
  onSubmit,
}: {
  form: UseFormReturnType<UpdateValues>
  onSubmit: () => void
}) {
  return (
    <Stack gap="sm">
      <FormError>{form.errors['_']}</FormError>
      <TextInput
        label={words.name}
        placeholder={words.nameHint}
        required
        maxLength={MAX_TITLE}
        autoFocus
        {...form.getInputProps('title')}
      />
      <MarkdownEditor
        label={words.content}
        placeholder={words.contentHint}
        required
        maxLength={MAX_CONTENT}
        value={form.values.content}
        onChange={(text) => form.setFieldValue('content', text)}
        error={form.errors['content']}
        onSubmit={onSubmit}
      />
      <TagsField
        label={words.tags}
        placeholder={form.values.tags.length === 0 ? words.tagsHint : undefined}
        {...form.getInputProps('tags')}
      />
    </Stack>
  )
}
