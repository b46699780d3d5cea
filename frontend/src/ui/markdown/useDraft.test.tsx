import { cleanup, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { renderApp } from '../../../tests/render'
import { ada, sam, server, signedInAs } from '../../../tests/server'
import { useDraft } from './useDraft'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const EMPTY = { title: '', tags: [] as string[], person: null as number | null }

function Form({ name = 'incident' }: { name?: string }) {
  const draft = useDraft(name, EMPTY)
  const [values, setValues] = useState(draft.values)
  return (
    <>
      <input
        aria-label="Title"
        value={values.title}
        onChange={(event) => {
          const next = { ...values, title: event.currentTarget.value }
          setValues(next)
          draft.keep(next)
        }}
      />
      <output aria-label="Key">{draft.key}</output>
      <output aria-label="All">{JSON.stringify(values)}</output>
      <p>{draft.restored ? 'Restored' : 'New'}</p>
      <button onClick={draft.forget}>Sent</button>
    </>
  )
}

/** As after a reload: nothing is left but the storage. */
async function open(form = <Form />) {
  cleanup()
  const { user } = renderApp(form)
  const title = await screen.findByRole('textbox', { name: 'Title' })
  return { user, title }
}

const key = () => screen.getByRole('status', { name: 'Key' }).textContent
const stored = (person = ada.id) => localStorage.getItem(`asyncops.draft.${person}.incident`)

afterEach(() => vi.restoreAllMocks())

it('brings the draft back with its key after a reload', async () => {
  const { user, title } = await open()
  expect(screen.getByText('New')).toBeVisible()
  await user.type(title, 'Slow')
  const first = key()
  expect(first).toMatch(UUID)

  const again = await open()

  expect(again.title).toHaveValue('Slow')
  expect(screen.getByText('Restored')).toBeVisible()
  expect(key()).toBe(first)
})

it('keeps the key for the same values and takes another for others', async () => {
  const { user, title } = await open()
  const first = key()
  await user.type(title, 'a')
  const second = key()
  expect(second).not.toBe(first)
  await user.click(screen.getByRole('button', { name: 'Sent' }))

  expect(key()).not.toBe(second)
})

it('writes after a pause, and at once when the page goes', async () => {
  const { user, title } = await open()
  await user.type(title, 'a')
  expect(stored()).toBeNull()
  await vi.waitFor(() => expect(stored()).toContain('"title":"a"'))

  await user.type(title, 'b')
  window.dispatchEvent(new Event('pagehide'))

  expect(stored()).toContain('"title":"ab"')
})

it('forgets what was sent, also what still waits to be written', async () => {
  const { user, title } = await open()
  await user.type(title, 'a')
  await user.click(screen.getByRole('button', { name: 'Sent' }))

  const again = await open()

  expect(again.title).toHaveValue('')
  expect(screen.getByText('New')).toBeVisible()
  expect(stored()).toBeNull()
})

it('keeps nothing of a form that was emptied again', async () => {
  const { user, title } = await open()
  await user.type(title, 'a')
  await vi.waitFor(() => expect(stored()).not.toBeNull())
  await user.clear(title)

  await vi.waitFor(() => expect(stored()).toBeNull())
})

it('shows nobody the draft of somebody else', async () => {
  const { user, title } = await open()
  await user.type(title, 'Mine')
  server.use(signedInAs(sam))

  const other = await open()

  expect(other.title).toHaveValue('')
  expect(stored(ada.id)).toContain('Mine')
})

it('keeps forms apart', async () => {
  const { user, title } = await open()
  await user.type(title, 'Slow')

  const other = await open(<Form name="blocker" />)

  expect(other.title).toHaveValue('')
})

it('follows its form to another key', async () => {
  function Both() {
    const [name, setName] = useState('incident')
    return (
      <>
        <Form name={name} />
        <button onClick={() => setName('blocker')}>Other</button>
      </>
    )
  }
  const { user, title } = await open(<Both />)
  await user.type(title, 'Slow')
  const first = key()
  await user.click(screen.getByRole('button', { name: 'Other' }))

  expect(stored()).toContain('Slow')
  expect(key()).not.toBe(first)
  expect(screen.getByText('New')).toBeVisible()
})

it('takes over the fields that the form still has, of the kind it expects', async () => {
  const values = { title: 'Slow', tags: 'none', person: 3, gone: true }
  localStorage.setItem(`asyncops.draft.${ada.id}.incident`, JSON.stringify({ key: 'k', values }))

  await open()

  expect(screen.getByRole('status', { name: 'All' })).toHaveTextContent(
    JSON.stringify({ title: 'Slow', tags: [], person: 3 }),
  )
})

it.each(['{', 'null', '[]', '{"key":1,"values":{}}', '{"key":"k","values":"x"}'])(
  'starts anew from a broken draft: %s',
  async (text) => {
    localStorage.setItem(`asyncops.draft.${ada.id}.incident`, text)

    const { title } = await open()

    expect(title).toHaveValue('')
    expect(screen.getByText('New')).toBeVisible()
  },
)

it('works without storage', async () => {
  const refuse = () => {
    throw new DOMException('Not here', 'SecurityError')
  }
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(refuse)
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse)
  vi.spyOn(Storage.prototype, 'removeItem').mockImplementation(refuse)

  const { user, title } = await open()
  await user.type(title, 'a')
  window.dispatchEvent(new Event('pagehide'))
  await user.click(screen.getByRole('button', { name: 'Sent' }))

  expect(title).toHaveValue('a')
})

it('makes its keys over plain HTTP too', async () => {
  vi.spyOn(crypto, 'randomUUID').mockReturnValue('0-0-0-0-0')
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true })

  await open()

  expect(key()).toMatch(UUID)
  Reflect.deleteProperty(crypto, 'randomUUID')
})
