/** The records that were opened last in this tab, for the palette. */
import { useEffect } from 'react'

const KEY = 'asyncops.recent'
const KEPT = 8

export interface Recent {
  path: string
  title: string
}

export function recentRecords(): Recent[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? (stored as Recent[]) : []
  } catch {
    return []
  }
}

export function forgetRecent() {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // There is none.
  }
}

export function useRecent(path: string, title: string) {
  useEffect(() => {
    const others = recentRecords().filter((one) => one.path !== path)
    try {
      sessionStorage.setItem(KEY, JSON.stringify([{ path, title }, ...others].slice(0, KEPT)))
    } catch {
      // Without storage there is no list.
    }
  }, [path, title])
}
