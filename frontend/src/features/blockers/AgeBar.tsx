import type { CSSProperties } from 'react'
import classes from './Blockers.module.css'

interface Props {
  age: { text: string; share: number; level: string }
  /** What stands beside the bar; the age alone if absent. */
  text?: string
}

/** How long something waits: a bar that is full after ten days, and the same in words. */
export const AgeBar = ({ age, text = age.text }: Props) => (
  <span className={classes.age}>
    <span
      className={classes.bar}
      data-level={age.level}
      style={{ '--share': age.share } as CSSProperties}
      aria-hidden
    />
    <span className={classes.span}>{text}</span>
  </span>
)
