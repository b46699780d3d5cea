import { expect, it } from 'vitest'
import { differenceOfLists, differenceOfTexts } from './difference'

const side = (pieces: ReturnType<typeof differenceOfTexts>, without: string) =>
  pieces
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join('')

it('marks the words that went and came', () => {
  const pieces = differenceOfTexts('We use Redis', 'We use Valkey')

  expect(pieces).toContainEqual({ kind: 'gone', text: 'Redis' })
  expect(pieces).toContainEqual({ kind: 'new', text: 'Valkey' })
})

it('marks line breaks where nothing else changed', () => {
  const pieces = differenceOfTexts('one two', 'one\n\ntwo')

  expect(pieces.some(({ kind }) => kind !== 'kept')).toBe(true)
})

it.each([
  ['', 'all new'],
  ['all gone', ''],
  ['a b\nc d', 'a x\nc d'],
])('keeps both texts whole: %j, %j', (before, after) => {
  const pieces = differenceOfTexts(before, after)

  expect(side(pieces, 'new')).toBe(before)
  expect(side(pieces, 'gone')).toBe(after)
})

it('compares lists by their items, not by how these are written', () => {
  const pieces = differenceOfLists([1, 2], [2, 3], () => 'Sam')

  expect(pieces.map(({ kind }) => kind)).toEqual(['gone', 'kept', 'new'])
})
