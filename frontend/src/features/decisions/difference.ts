import { type Change, diffArrays, diffWords, diffWordsWithSpace } from 'diff'

export interface Piece {
  readonly kind: 'kept' | 'gone' | 'new'
  readonly text: string
}

const kindOf = ({ added, removed }: Pick<Change, 'added' | 'removed'>): Piece['kind'] =>
  added ? 'new' : removed ? 'gone' : 'kept'

/** Word by word. Where only spaces or line breaks differ, those. */
export function differenceOfTexts(before: string, after: string): Piece[] {
  const byWords = diffWords(before, after)
  const silent = before !== after && byWords.every((part) => kindOf(part) === 'kept')
  return (silent ? diffWordsWithSpace(before, after) : byWords).map((part) => ({
    kind: kindOf(part),
    text: part.value,
  }))
}

/** Item by item: people, tags. */
export const differenceOfLists = <T>(before: T[], after: T[], textOf: (item: T) => string): Piece[] =>
  diffArrays(before, after).flatMap((part) =>
    part.value.map((item) => ({ kind: kindOf(part), text: textOf(item) })),
  )
