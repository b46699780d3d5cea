import { Modal } from '@mantine/core'
import { screen, within } from '@testing-library/react'
import { useState } from 'react'
import { expect, it, vi } from 'vitest'
import { renderApp } from '../../../tests/render'
import { MarkdownEditor, type MarkdownEditorProps } from './MarkdownEditor'

type Props = Partial<MarkdownEditorProps>

function Form({ value: initial = '', ...props }: Props) {
  const [value, setValue] = useState(initial)
  return <MarkdownEditor label="Notes" {...props} value={value} onChange={setValue} />
}

async function show(props: Props = {}) {
  const { user } = renderApp(<Form {...props} />)
  const text = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: /^Notes/ })
  return { user, text }
}

const select = (text: HTMLTextAreaElement, words: string) => {
  const start = text.value.indexOf(words)
  text.focus()
  text.setSelectionRange(start, start + words.length)
}

const selected = (text: HTMLTextAreaElement) => text.value.slice(text.selectionStart, text.selectionEnd)

it.each([
  ['Bold', 'one **two** three'],
  ['Italic', 'one *two* three'],
  ['Link', 'one [two](https://) three'],
  ['Code', 'one `two` three'],
  ['List', '- one two three'],
  ['Task list', '- [ ] one two three'],
  ['Quote', '> one two three'],
])('formats what is selected: %s', async (name, expected) => {
  const { user, text } = await show({ value: 'one two three' })
  select(text, 'two')

  await user.click(within(screen.getByRole('toolbar', { name: 'Formatting' })).getByRole('button', { name }))

  expect(text).toHaveValue(expected)
  expect(text).toHaveFocus()
})

it.each(['Bold', 'Italic', 'Code', 'List', 'Task list', 'Quote'])('takes %s away again', async (name) => {
  const { user, text } = await show({ value: 'one\ntwo\nthree' })
  select(text, name === 'List' || name === 'Task list' || name === 'Quote' ? 'one\ntwo' : 'two')

  await user.click(screen.getByRole('button', { name }))
  expect(text).not.toHaveValue('one\ntwo\nthree')
  await user.click(screen.getByRole('button', { name }))

  expect(text).toHaveValue('one\ntwo\nthree')
})

it('keeps blanks out of the markers, and makes bold italic', async () => {
  const { user, text } = await show({ value: 'one two three' })
  select(text, ' two ')

  await user.click(screen.getByRole('button', { name: 'Bold' }))
  expect(text).toHaveValue('one **two** three')
  await user.click(screen.getByRole('button', { name: 'Italic' }))
  expect(text).toHaveValue('one ***two*** three')
})

it('fences several lines of code', async () => {
  const { user, text } = await show({ value: 'see\na\nb\nend' })
  select(text, 'a\nb')

  await user.click(screen.getByRole('button', { name: 'Code' }))

  expect(text).toHaveValue('see\n```\na\nb\n```\nend')
})

it('selects what is still to be written', async () => {
  const { user, text } = await show()

  await user.click(screen.getByRole('button', { name: 'Bold' }))
  expect(selected(text)).toBe('bold text')
  await user.keyboard('now')

  expect(text).toHaveValue('**now**')
})

it('writes through the browser where it can, so that undo works', async () => {
  const execute = vi.fn(() => true)
  Object.assign(document, { execCommand: execute })
  const { user, text } = await show({ value: 'one' })
  select(text, 'one')

  await user.click(screen.getByRole('button', { name: 'Bold' }))

  expect(execute).toHaveBeenCalledWith('insertText', false, '**one**')
  Reflect.deleteProperty(document, 'execCommand')
})

it('heeds Ctrl-B, Ctrl-I and Ctrl-Enter', async () => {
  const onSubmit = vi.fn()
  const { user, text } = await show({ value: 'one', onSubmit })
  select(text, 'one')

  await user.keyboard('{Control>}b{/Control}')
  expect(text).toHaveValue('**one**')
  await user.keyboard('{Control>}i{/Control}')
  expect(text).toHaveValue('***one***')
  await user.keyboard('{Enter}')
  expect(onSubmit).not.toHaveBeenCalled()
  await user.keyboard('{Control>}{Enter}{/Control}')
  expect(onSubmit).toHaveBeenCalledTimes(1)
})

it('has one stop for Tab, and arrow keys from button to button', async () => {
  const { user } = await show()

  screen.getByRole('button', { name: 'Bold' }).focus()
  await user.keyboard('{ArrowRight}{ArrowRight}')
  expect(screen.getByRole('button', { name: 'Link' })).toHaveFocus()
  await user.keyboard('{Home}{ArrowLeft}')
  expect(screen.getByRole('button', { name: 'Quote' })).toHaveFocus()
  await user.tab()
  expect(screen.getByRole('textbox')).toHaveFocus()
  await user.tab({ shift: true })
  expect(screen.getByRole('button', { name: 'Quote' })).toHaveFocus()
})

it('mentions by keyboard', async () => {
  const { user, text } = await show()

  await user.type(text, 'Ask @le')
  const option = await screen.findByRole('option', { name: /Sam Lee/, selected: true })
  expect(text).toHaveAttribute('aria-activedescendant', option.id)
  await user.keyboard('{Enter}today')

  expect(text).toHaveValue('Ask @sam today')
  expect(screen.queryByRole('listbox')).toBeNull()
  expect(text).not.toHaveAttribute('aria-activedescendant')
})

it('goes through the people with the arrow keys and by mouse', async () => {
  const { user, text } = await show()

  await user.type(text, '@')
  await screen.findByRole('option', { name: /Ada Park/, selected: true })
  await user.keyboard('{ArrowDown}')
  expect(screen.getByRole('option', { name: /Sam Lee/ })).toHaveAttribute('aria-selected', 'true')
  await user.keyboard('{ArrowUp}{Tab}')
  expect(text).toHaveValue('@ada ')

  await user.keyboard('@')
  await user.click(await screen.findByRole('option', { name: /Sam Lee/ }))
  expect(text).toHaveValue('@ada @sam ')
  expect(text).toHaveFocus()
})

it('suggests nobody in addresses and code', async () => {
  const { user, text } = await show()

  await user.type(text, '@')
  await screen.findByRole('listbox', { name: 'People to mention' })
  for (const start of ['me@s', '`@s', '```\n@s']) {
    await user.clear(text)
    await user.type(text, start)
    expect(screen.queryByRole('listbox')).toBeNull()
  }
})

it('closes the suggestions with Escape, and not the dialog', async () => {
  const onClose = vi.fn()
  const { user } = renderApp(
    <Modal opened onClose={onClose} title="Dialog">
      <Form />
    </Modal>,
  )
  const text = await screen.findByRole('textbox', { name: 'Notes' })

  await user.type(text, '@s')
  await screen.findByRole('listbox')
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('listbox')).toBeNull()
  expect(onClose).not.toHaveBeenCalled()
  await user.keyboard('a')
  expect(screen.queryByRole('listbox')).toBeNull()
  await user.keyboard('{Escape}')

  expect(onClose).toHaveBeenCalledTimes(1)
})

it('counts only near the limit, and cuts nothing', async () => {
  const { user, text } = await show({ maxLength: 20, value: 'x'.repeat(17) })

  expect(screen.queryByText(/left/)).toBeNull()
  await user.type(text, '🙂')
  expect(screen.getByText('2 characters left')).toBeVisible()
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
  await vi.waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('2 characters left'))
  await user.type(text, 'abc')

  expect(screen.getByText('1 character too many')).toBeVisible()
  expect(text.value).toHaveLength(22)
})

it('shows the text as it will look, and comes back to it', async () => {
  const { user, text } = await show({ value: '**Done**' })

  await user.click(screen.getByRole('radio', { name: 'Preview' }))
  const preview = screen.getByRole('group', { name: 'Preview' })
  expect(await within(preview).findByText('Done')).toHaveProperty('tagName', 'STRONG')
  expect(text).not.toBeVisible()
  expect(screen.queryByRole('toolbar')).toBeNull()

  await user.click(screen.getByRole('radio', { name: 'Write' }))
  expect(text).toBeVisible()
  expect(text).toHaveValue('**Done**')
})

it('says that there is nothing to preview', async () => {
  const { user } = await show()

  await user.click(screen.getByRole('radio', { name: 'Preview' }))

  expect(screen.getByText('Nothing to preview yet')).toBeVisible()
})

it('is described by its hint and its error', async () => {
  const { text } = await show({ description: 'For everybody', error: 'Write something', required: true })

  expect(text).toBeInvalid()
  expect(text).toBeRequired()
  expect(text).toHaveAccessibleDescription(/Write something.*For everybody|For everybody.*Write something/)
})

it('does nothing while it is disabled', async () => {
  const onSubmit = vi.fn()
  const { text } = await show({ disabled: true, onSubmit })

  expect(text).toBeDisabled()
  expect(screen.getByRole('button', { name: 'Bold' })).toBeDisabled()
})
