import { screen, waitFor, within } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { renderApp } from '../../../tests/render'
import { Markdown } from './Markdown'
import { ReadMore } from './ReadMore'

/** Draws the text; gives the box around it once it is more than its plain words. */
async function show(text: string) {
  renderApp(
    <section aria-label="Text">
      <Markdown text={`${text}\n\n~~drawn~~`} />
    </section>,
  )
  await screen.findByRole('deletion')
  return screen.getByRole('region', { name: 'Text' })
}

it.each([
  '<script>alert(1)</script>',
  'Look <img src=x onerror="alert(1)"> here',
  '<div onclick="alert(1)">\n<iframe src="https://example.org"></iframe>\n</div>',
  '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
  '<style>body { display: none }</style>',
])('shows HTML as the text it is: %s', async (html) => {
  const box = await show(html)

  expect(box.textContent.replaceAll('\n', '')).toContain(html.replaceAll('\n', ''))
  expect(box.querySelector('script, img, iframe, svg, style, [onclick], [onerror]')).toBeNull()
})

it.each([
  '[press](javascript:alert(1))',
  '[press](JaVaScRiPt:alert(1))',
  '[press](java&#115;cript:alert(1))',
  '[press](data:text/html;base64,PHNjcmlwdD4=)',
  '[press](vbscript:x)',
  '[press][it]\n\n[it]: javascript:alert(1)',
  '![press](javascript:alert(1))',
])('keeps the words of an unsafe link and no link: %s', async (link) => {
  const box = await show(link)

  expect(box).toHaveTextContent('press')
  expect(within(box).queryByRole('link')).toBeNull()
  expect(box.querySelector('[href], [src]')).toBeNull()
})

it('opens foreign links elsewhere and tells them nothing', async () => {
  const box = await show('[Out](https://example.org/a) [Odd](//example.org/b) [Mail](mailto:a@example.org)')

  for (const name of ['Out', 'Odd']) {
    const link = within(box).getByRole('link', { name })
    expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow')
    expect(link).toHaveAttribute('target', '_blank')
  }
  expect(within(box).getByRole('link', { name: 'Mail' })).not.toHaveAttribute('target')
})

it('follows its own links without loading the page again', async () => {
  const { user, router } = renderApp(
    <Markdown text={`[One](/incidents/7) [Two](${window.location.origin}/blockers?x=1#y)`} />,
  )

  await user.click(await screen.findByRole('link', { name: 'One' }))
  expect(router.state.location.pathname).toBe('/incidents/7')
  await user.click(screen.getByRole('link', { name: 'Two' }))
  expect(router.state.location).toMatchObject({ pathname: '/blockers', search: '?x=1', hash: '#y' })
})

it('leaves the pages that the server makes to the server', async () => {
  const box = await show('[Docs](/api/docs) [Jobs](/admin/jobs)')

  for (const name of ['Docs', 'Jobs'])
    expect(within(box).getByRole('link', { name })).toHaveAttribute('target', '_blank')
})

it('links to images instead of loading them', async () => {
  const box = await show(
    '![Graph](https://example.org/a.png) [![Logo](https://example.org/b.png)](https://example.org)',
  )

  expect(within(box).queryByRole('img')).toBeNull()
  expect(within(box).getByRole('link', { name: 'Image: Graph' })).toHaveAttribute(
    'href',
    'https://example.org/a.png',
  )
  expect(within(box).getByRole('link', { name: 'Image: Logo' })).toHaveAttribute(
    'href',
    'https://example.org',
  )
})

it('puts headings under those of the page, without a gap', async () => {
  const box = await show('## A\n\n##### B\n\n# C\n\n###### D\n\n# E')

  const found = within(box)
    .getAllByRole('heading')
    .map((heading) => heading.tagName + (heading.textContent || ''))
  expect(found).toEqual(['H3A', 'H4B', 'H3C', 'H4D', 'H3E'])
})

it('tells what of a task list is done, with nothing to press', async () => {
  const box = await show('- [x] Ship\n- [ ] Rest')

  expect(within(box).queryByRole('checkbox')).toBeNull()
  const [ship, rest] = within(box).getAllByRole('listitem')
  expect(within(ship as HTMLElement).getByRole('img', { name: 'Done' })).toBeVisible()
  expect(within(rest as HTMLElement).getByRole('img', { name: 'Not done' })).toBeVisible()
})

it('lets the keyboard reach tables and code', async () => {
  const box = await show('| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nlong\n```')

  expect(within(box).getByRole('group', { name: 'Table' })).toHaveAttribute('tabindex', '0')
  expect(within(box).getByRole('group', { name: 'Code' })).toHaveAttribute('tabindex', '0')
})

it('keeps line breaks', async () => {
  const box = await show('one\ntwo')

  expect(box.querySelector('p br')).not.toBeNull()
})

it('gives two texts on one page their own footnotes', async () => {
  renderApp(
    <>
      <Markdown text={'One[^1]\n\n[^1]: First'} />
      <Markdown text={'Two[^1]\n\n[^1]: Second'} />
    </>,
  )

  const notes = await screen.findAllByRole('link', { name: '1' })
  const targets = notes.map((note) => document.getElementById((note.getAttribute('href') ?? '').slice(1)))
  expect(targets.map((target) => target?.textContent)).toEqual([
    expect.stringContaining('First'),
    expect.stringContaining('Second'),
  ])
  const ids = Array.from(document.querySelectorAll('[id]'), (element) => element.id)
  expect(new Set(ids).size).toBe(ids.length)
})

it.each([
  ['Thanks @Sam.', '@Sam'],
  ['(@sam)', '@sam'],
  ['@sam@example.org wrote', '@sam@example.org'],
  ['**@sam** wrote', '@sam'],
])('emphasises people: %s', async (text, mention) => {
  const box = await show(text)

  const found = await within(box).findByTitle('Sam Lee')
  expect(found).toHaveTextContent(new RegExp(`^${mention}$`))
  expect(within(box).queryByRole('link')).toBeNull()
})

it('flattens what is nested deeper than anybody writes', async () => {
  const box = await show(`${'>'.repeat(500)} **bottom** @sam`)

  expect(box).toHaveTextContent('bottom @sam')
  expect(box.querySelectorAll('blockquote').length).toBeLessThan(50)
})

it('shows the words of a text that breaks the parser, and the page stays', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  renderApp(
    <>
      <h1>Page</h1>
      <Markdown text={`${'>'.repeat(10_000)} bottom`} />
    </>,
  )

  await waitFor(() => expect(log).toHaveBeenCalled(), { timeout: 10_000 })
  expect(screen.getByText(/bottom/)).toBeVisible()
  expect(screen.getByRole('heading', { name: 'Page' })).toBeVisible()
  log.mockRestore()
})

it('emphasises nobody in code, in addresses, and whom nobody knows', async () => {
  const box = await show('@ada: `@sam`, sam@sam, @samuel, x@sam, /@sam\n\n```\n@sam\n```')

  await within(box).findByTitle('Ada Park')
  expect(within(box).queryByTitle('Sam Lee')).toBeNull()
})

it('offers the rest of a text that is cut, and only then', async () => {
  const height = vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(500)
  const { user } = renderApp(<ReadMore text="Long" lines={2} />)

  const more = await screen.findByRole('button', { name: 'Read more', expanded: false })
  await user.click(more)
  await user.click(screen.getByRole('button', { name: 'Show less', expanded: true }))
  expect(screen.getByRole('button', { name: 'Read more' })).toBeVisible()

  height.mockReturnValue(0)
  renderApp(<ReadMore text="Short" />)
  await screen.findByText('Short')
  await waitFor(() => expect(screen.getAllByRole('button')).toHaveLength(1))
  height.mockRestore()
})
