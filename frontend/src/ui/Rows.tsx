import { Anchor, Box } from '@mantine/core'
import { type ReactNode, useRef } from 'react'
import { Link, useNavigate } from 'react-router'
import { useKeys } from './keys'
import classes from './Rows.module.css'

/** A list of records whose rows are links; `j` and `k` move, `enter` opens, `e` edits. One per page. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  const list = useRef<HTMLUListElement>(null)
  const navigate = useNavigate()

  const links = () => Array.from(list.current?.querySelectorAll<HTMLAnchorElement>('a[data-row]') ?? [])
  const focused = () => links().findIndex((link) => link === document.activeElement)
  const move = (step: number) => {
    const all = links()
    const next = all[Math.min(Math.max(focused() + step, 0), all.length - 1)]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    e: () => {
      const link = links()[focused()]
      if (link) void navigate(`${link.pathname}?edit`)
    },
  })

  return (
    <ul ref={list} aria-label={label} className={classes.rows}>
      {children}
    </ul>
  )
}

interface RowProps {
  to: string
  title: ReactNode
  /** Shapes before the title: severity, state. */
  before?: ReactNode
  /** The line under the title. */
  under?: ReactNode
  /** At the right: people, times. */
  facts?: ReactNode
  /** Not yet confirmed by the server: there is nowhere to go to. */
  pending?: boolean
}

export function Row({ to, title, before, under, facts, pending = false }: RowProps) {
  return (
    <Box component="li" className={classes.row} data-pending={pending || undefined}>
      {before !== undefined && <div className={classes.before}>{before}</div>}
      <div className={classes.main}>
        {pending ? (
          <span className={classes.link}>{title}</span>
        ) : (
          <Anchor component={Link} to={to} className={classes.link} data-row underline="never">
            {title}
          </Anchor>
        )}
        {under !== undefined && <div className={classes.under}>{under}</div>}
      </div>
      {facts !== undefined && <div className={classes.facts}>{facts}</div>}
    </Box>
  )
}

/** A heading between rows, as an item of the same list. */
export const RowGroup = ({ title }: { title: string }) => (
  <li className={classes.group}>
    <h2>{title}</h2>
  </li>
)
