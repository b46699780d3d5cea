import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import classes from './Line.module.css'
import { words } from './words'

interface Props {
  to: string
  /** Shapes before the title. */
  before?: ReactNode
  title: string
  number?: string
  /** At the right. */
  facts?: ReactNode
  onOpen?: () => void
}

/** One record on one line (two on phones). The whole line is the link's. */
export const Line = ({ to, before, title, number, facts, onOpen }: Props) => (
  <li className={classes.line}>
    {before !== undefined && <span className={classes.before}>{before}</span>}
    <span className={classes.main}>
      {number !== undefined && <span className={classes.number}>{number} </span>}
      <Anchor component={Link} to={to} className={classes.link} underline="never" inherit onClick={onOpen}>
        {title}
      </Anchor>
    </span>
    {facts !== undefined && <span className={classes.facts}>{facts}</span>}
  </li>
)

export const Lines = ({ children }: { children: ReactNode }) => <ul className={classes.lines}>{children}</ul>

/** Instead of lines. */
export const Nothing = ({ children }: { children: ReactNode }) => (
  <p className={classes.nothing}>{children}</p>
)

/** The rest of a list, as a link to all of it. */
export function MoreLine({ count, to, of }: { count: number; to: string; of: string }) {
  if (count <= 0) return null
  return (
    <p className={classes.more}>
      <Anchor component={Link} to={to} underline="always" inherit>
        {words.moreOf(count, of)}
      </Anchor>
    </p>
  )
}
