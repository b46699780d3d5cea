import { Text } from '@mantine/core'
import type { AuditEntry } from '~/api/generated'
import { day } from '~/ui/time'
import { words as uiWords } from '~/ui/words'
import { differenceOfLists, differenceOfTexts, type Piece } from './difference'
import classes from './History.module.css'
import { fieldNames, words } from './words'

type NameOf = (id: number) => string

/** One field, old at the left and new at the right. */
export function Change({ entry, nameOf }: { entry: AuditEntry; nameOf: NameOf }) {
  const field = entry.field_name ?? ''
  const name = fieldNames[field] ?? uiWords.describedOf(field)
  const { pieces, isList } = differenceOf(field, entry, nameOf)
  return (
    <div className={classes.change}>
      <h4>{name}</h4>
      <div className={classes.sides}>
        <Side title={words.before} label={words.beforeOf(name)} {...{ pieces, isList }} without="new" />
        <Side title={words.after} label={words.afterOf(name)} {...{ pieces, isList }} without="gone" />
      </div>
    </div>
  )
}

function differenceOf(field: string, { old_value: old, new_value: now }: AuditEntry, nameOf: NameOf) {
  if (Array.isArray(old) || Array.isArray(now)) {
    const items = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : [])
    const textOf = (item: unknown) => (typeof item === 'number' ? nameOf(item) : String(item))
    return { pieces: differenceOfLists(items(old), items(now), textOf), isList: true }
  }
  if (field === 'decision_date') {
    // A date is one word.
    const dates = (value: unknown) => (typeof value === 'string' ? [value] : [])
    return { pieces: differenceOfLists(dates(old), dates(now), day), isList: false }
  }
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return { pieces: differenceOfTexts(text(old), text(now)), isList: false }
}

interface SideProps {
  title: string
  label: string
  pieces: Piece[]
  isList: boolean
  without: Piece['kind']
}

function Side({ title, label, pieces, isList, without }: SideProps) {
  const shown = pieces.filter(({ kind, text }) => kind !== without && text !== '')
  return (
    <div role="group" aria-label={label} className={classes.side}>
      <Text size="xs" c="dimmed" mb={2} aria-hidden>
        {title}
      </Text>
      {shown.length === 0 ? (
        <Text c="dimmed">{uiWords.empty}</Text>
      ) : isList ? (
        <ul className={classes.list}>
          {shown.map((piece, index) => (
            <li key={index}>
              <Marked piece={piece} />
            </li>
          ))}
        </ul>
      ) : (
        <div className={classes.text}>
          {shown.map((piece, index) => (
            <Marked key={index} piece={piece} />
          ))}
        </div>
      )}
    </div>
  )
}

function Marked({ piece: { kind, text } }: { piece: Piece }) {
  if (kind === 'gone') return <del className={classes.gone}>{text}</del>
  if (kind === 'new') return <ins className={classes.new}>{text}</ins>
  return <span>{text}</span>
}
