import { Anchor, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { BlockerLine, DecisionLine, IncidentLine, UpdateLine } from '~/api/generated'
import { pathOf } from '~/ui/paths'
import { Person, PersonAvatar } from '~/ui/Person'
import { SeverityMark } from '~/ui/State'
import { clock, day, hours } from '~/ui/time'
import classes from './Summary.module.css'
import { words } from './words'

interface SectionProps {
  title: string
  leftOut?: number
  note?: string
  empty: boolean
  children: ReactNode
}

/** A part of the paper; what is empty is not printed. */
export function Section({ title, leftOut = 0, note, empty, children }: SectionProps) {
  if (empty) return null
  return (
    <section className={classes.section}>
      <h2>{title}</h2>
      {note !== undefined && <p className={classes.note}>{note}</p>}
      {children}
      {leftOut > 0 && <p className={classes.note}>{words.leftOut(leftOut)}</p>}
    </section>
  )
}

const To = ({ path, children }: { path: string; children: ReactNode }) => (
  <Anchor component={Link} to={path} underline="always" inherit>
    {children}
  </Anchor>
)

export const IncidentLines = ({ lines }: { lines: readonly IncidentLine[] }) => (
  <ul className={classes.lines}>
    {lines.map((line) => (
      <li key={line.id}>
        <SeverityMark severity={line.severity} size="sm" />{' '}
        <To path={pathOf.incident(line.id)}>{line.title}</To>{' '}
        <Text span inherit c="dimmed">
          {line.hours_to_resolve === null
            ? (line.assigned_to?.full_name ?? words.nobodyOn)
            : words.took(hours(line.hours_to_resolve))}
        </Text>
      </li>
    ))}
  </ul>
)

export const BlockerLines = ({ lines }: { lines: readonly BlockerLine[] }) => (
  <ul className={classes.lines}>
    {lines.map((line) => (
      <li key={line.id}>
        <To path={pathOf.blocker(line.id)}>{line.description}</To>{' '}
        <Text span inherit c="dimmed">
          {line.reported_by.full_name}, {hours(line.age_hours)}
        </Text>
      </li>
    ))}
  </ul>
)

/** By person, in the order in which they come. */
export function UpdateLines({ lines }: { lines: readonly UpdateLine[] }) {
  const authors = [...new Map(lines.map((line) => [line.author.id, line.author])).values()]
  return authors.map((author) => (
    <div key={author.id} className={classes.author}>
      <h3>
        <PersonAvatar person={author} size={20} /> {author.full_name}
      </h3>
      <ul className={classes.lines}>
        {lines
          .filter((line) => line.author.id === author.id)
          .map((line) => (
            <li key={line.id}>
              <To path={pathOf.status_update(line.id)}>{line.title}</To>{' '}
              <Text span inherit c="dimmed">
                {clock(line.created_at)}
              </Text>
            </li>
          ))}
      </ul>
    </div>
  ))
}

export const DecisionLines = ({ lines }: { lines: readonly DecisionLine[] }) => (
  <ul className={classes.lines}>
    {lines.map((line) => (
      <li key={line.id}>
        <To path={pathOf.decision(line.id)}>{line.title}</To>{' '}
        <Text span inherit c="dimmed">
          {day(line.decision_date)}
        </Text>
      </li>
    ))}
  </ul>
)

export const People = ({ people }: { people: readonly { id: number; full_name: string }[] }) => (
  <ul className={classes.people}>
    {people.map((person) => (
      <li key={person.id}>
        <Person person={person} />
      </li>
    ))}
  </ul>
)
