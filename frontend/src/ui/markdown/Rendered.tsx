import { IconSquare, IconSquareCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ComponentProps, memo, useId, useMemo } from 'react'
import ReactMarkdown, { type Components, type ExtraProps } from 'react-markdown'
import { Link } from 'react-router'
import remarkBreaks from 'remark-breaks'
import remarkGfm from 'remark-gfm'
import { peopleQuery } from '~/api/people'
import { paths } from '~/ui/paths'
import classes from './Markdown.module.css'
import { handlesOf } from './mentions'
import { shape } from './tree'
import { words } from './words'

type Props<Tag extends keyof React.JSX.IntrinsicElements> = ComponentProps<Tag> & ExtraProps

/** Pages of this address that the server makes, not the application. */
const SERVED = ['/api/', `${paths.jobs}/`]

function TextLink({ href, children, id, className, ...props }: Props<'a'>) {
  // What was not safe has no address left: the words stay.
  if (href === undefined || href === '') return <span>{children}</span>
  const label = props['aria-label']
  if (href.startsWith('#'))
    return (
      <a href={href} id={id} className={className} aria-label={label}>
        {children}
      </a>
    )
  const target = URL.canParse(href, window.location.href) ? new URL(href, window.location.href) : null
  if (
    target?.origin === window.location.origin &&
    !SERVED.some((path) => `${target.pathname}/`.startsWith(path))
  )
    return <Link to={target.pathname + target.search + target.hash}>{children}</Link>
  const opensPage = target === null || target.protocol === 'http:' || target.protocol === 'https:'
  return (
    <a href={href} rel="noopener noreferrer nofollow" target={opensPage ? '_blank' : undefined}>
      {children}
    </a>
  )
}

function Strong({ node, children }: Props<'strong'>) {
  const name = node?.properties['dataMention']
  return typeof name === 'string' ? (
    <strong className={classes.mention} title={name}>
      {children}
    </strong>
  ) : (
    <strong>{children}</strong>
  )
}

/** Only task lists have them. It can't be ticked here, so it is no control. */
function Box({ checked }: Props<'input'>) {
  const Icon = checked === true ? IconSquareCheck : IconSquare
  return (
    <Icon
      role="img"
      aria-label={checked === true ? words.ticked : words.unticked}
      size={16}
      stroke={1.75}
      className={classes.box}
    />
  )
}

const components: Components = {
  a: TextLink,
  strong: Strong,
  input: Box,
  // Both scroll by themselves, so the keyboard must reach them.
  table: ({ children }: Props<'table'>) => (
    <div className={classes.scroll} role="group" aria-label={words.table} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  pre: ({ children }: Props<'pre'>) => (
    <pre role="group" aria-label={words.code} tabIndex={0}>
      {children}
    </pre>
  ),
}

const remarkPlugins = [remarkGfm, remarkBreaks]

/** Markdown without HTML, as React elements. Heavy: `Markdown` loads it when it is needed. */
const Rendered = memo(function Rendered({ text }: { text: string }) {
  const id = useId()
  const { data: people } = useQuery({ ...peopleQuery, enabled: text.includes('@'), throwOnError: false })
  const handles = useMemo(() => handlesOf(people ?? []), [people])
  return (
    <div className={classes.text}>
      <ReactMarkdown
        remarkPlugins={remarkPlugins}
        rehypePlugins={[[shape, handles]]}
        remarkRehypeOptions={{
          // Several texts share a page: their footnotes must not share ids.
          clobberPrefix: `${id}-`,
          footnoteLabel: words.footnotes,
          footnoteLabelProperties: {},
          footnoteBackLabel: words.backToText,
        }}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
})

export default Rendered
