import { type RefObject, useEffect, useRef } from 'react'
import { useKeys } from '~/ui/keys'
import type { Group } from './groups'

interface Acts {
  select: (group: Group) => void
  /** Whatever is selected; false: nothing is. */
  readSelected: () => boolean
  read: (group: Group) => void
}

const linksIn = (box: HTMLElement | null) =>
  Array.from(box?.querySelectorAll<HTMLAnchorElement>('a[data-row]') ?? [])

const positionIn = (box: HTMLElement | null) =>
  linksIn(box).findIndex((link) => link.closest('li')?.contains(document.activeElement))

function focusRow(box: HTMLElement | null, index: number) {
  const links = linksIn(box)
  const link = links[Math.min(Math.max(index, 0), links.length - 1)]
  link?.focus()
  link?.scrollIntoView({ block: 'nearest' })
}

/** `groups` in the order of their rows in `box`. `j` and `k` move between the rows, `x` selects, `e` marks as read what is selected, or else the row one is on. */
export function useRowKeys(box: RefObject<HTMLElement | null>, groups: readonly Group[], acts: Acts) {
  /** Where the focus was when its row went: the row that took its place gets it. */
  const lost = useRef<number | null>(null)
  const current = () => groups[positionIn(box.current)]
  const remember = () => {
    const position = positionIn(box.current)
    if (position >= 0) lost.current = position
  }

  useEffect(() => {
    if (lost.current === null) return
    if (document.activeElement === document.body) focusRow(box.current, lost.current)
    lost.current = null
  }, [box, groups])

  useKeys({
    j: () => focusRow(box.current, positionIn(box.current) + 1),
    k: () => focusRow(box.current, positionIn(box.current) - 1),
    x: () => {
      const group = current()
      if (group && group.unreadIds.length > 0) acts.select(group)
    },
    e: () => {
      const group = current()
      remember()
      if (!acts.readSelected() && group) acts.read(group)
    },
  })
  return { remember }
}
