import { TagsInput, type TagsInputProps } from '@mantine/core'

/** Tags in a form: Enter adds one, and once too often does not send the form; half a tag counts when one goes on. */
export const TagsField = (props: TagsInputProps) => (
  <TagsInput
    maxTags={20}
    acceptValueOnBlur
    onKeyDown={(event) => {
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.preventDefault()
    }}
    {...props}
  />
)
