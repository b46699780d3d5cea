/** What happens to the tree between Markdown and React: headings, images, mentions. */
import type { ExtraProps } from 'react-markdown'
import { type Handles, splitMentions } from './mentions'
import { words } from './words'

type Element = NonNullable<ExtraProps['node']>
type Child = Element['children'][number]
interface Parent {
  children: Child[]
}

const HEADING = /^h([1-6])$/
/** The page has an h1 and its panels h2. */
const PAGE_LEVELS = 2
/** Deeper nesting is nobody's writing, and would break the page: it is shown as its words. */
const MOST_DEPTH = 40

const plain = (value: string): Child => ({ type: 'text', value })

function element(tagName: string, properties: Element['properties'], children: Child[]): Element {
  return { type: 'element', tagName, properties, children }
}

/** A plugin for react-markdown, which makes URLs safe afterwards. */
export function shape(handles: Handles) {
  return (tree: Parent) => {
    const outline: number[] = []
    visit(tree, 0, false)

    function visit(parent: Parent, depth: number, linked: boolean) {
      parent.children = joinAddresses(parent.children).flatMap((child): Child[] => {
        if (child.type === 'text') return mentions(child.value, handles)
        if (child.type !== 'element') return [child]
        if (depth === MOST_DEPTH) return [plain(wordsOf(child))]
        if (child.tagName === 'img') return [imageLink(child, linked)]
        if (child.tagName === 'code') return [child]
        const written = HEADING.exec(child.tagName)?.[1]
        if (written !== undefined) {
          child.tagName = `h${level(outline, Number(written))}`
          child.properties = {} // the footnotes' heading has an id, the same in each text of a page
        }
        visit(child, depth + 1, linked || child.tagName === 'a')
        return [child]
      })
    }
  }
}

/** Deeper than the heading that it stands under by exactly one, however many # were written. */
function level(outline: number[], written: number): number {
  while ((outline.at(-1) ?? 0) >= written) outline.pop()
  outline.push(written)
  return Math.min(PAGE_LEVELS + outline.length, 6)
}

/** Without recursion: it is for what is too deep. */
function wordsOf(top: Child): string {
  const found: string[] = []
  const waiting: Child[] = [top]
  for (let child = waiting.pop(); child !== undefined; child = waiting.pop()) {
    if (child.type === 'text') found.push(child.value)
    else if (child.type === 'element') waiting.push(...child.children.toReversed())
  }
  return found.join('')
}

function mentions(text: string, handles: Handles): Child[] {
  if (handles.size === 0 || !text.includes('@')) return [plain(text)]
  return splitMentions(text, handles).map(({ text: written, name }) =>
    name === undefined ? plain(written) : element('strong', { dataMention: name }, [plain(written)]),
  )
}

/** The page shows no images from elsewhere, so each is a link; in a link it is its description. */
function imageLink({ properties: { src, alt } }: Element, linked: boolean): Child {
  const label = plain(words.image(typeof alt === 'string' ? alt : ''))
  return linked ? label : element('a', { href: src }, [label])
}

/** `@max@example.com` mentions somebody: the link that was made of the address becomes text again. */
function joinAddresses(children: Child[]): Child[] {
  const joined: Child[] = []
  for (const child of children) {
    const before = joined.at(-1)
    const text =
      child.type === 'text' ? child.value : before?.type === 'text' ? addressAfter(before.value, child) : ''
    if (text !== '' && before?.type === 'text') joined[joined.length - 1] = plain(before.value + text)
    else joined.push(child)
  }
  return joined
}

function addressAfter(before: string, child: Child): string {
  if (!before.endsWith('@') || child.type !== 'element' || child.tagName !== 'a') return ''
  const [only] = child.children
  return only?.type === 'text' && child.properties['href'] === `mailto:${only.value}` ? only.value : ''
}
