import { useEffect, useRef } from 'react'

const OFF = 'asyncops.shortcuts'

export const shortcutsAreOn = (): boolean => {
  try {
    return localStorage.getItem(OFF) !== 'off'
  } catch {
    return true
  }
}

export function switchShortcuts(on: boolean) {
  try {
    if (on) localStorage.removeItem(OFF)
    else localStorage.setItem(OFF, 'off')
  } catch {
    // Storage is switched off: they stay on.
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, textarea, select, [role="textbox"], [role="combobox"]') !== null)
  )
}

const isCovered = () => document.querySelector('[role="dialog"], [role="menu"]') !== null

/** Single keys, by name: `{ c: create }`. None fires while typing, under a dialog, with a modifier, or switched off. */
export function useKeys(handlers: Record<string, (event: KeyboardEvent) => void>) {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (!shortcutsAreOn() || isTyping(event.target) || isCovered()) return
      const handler = latest.current[event.key]
      if (handler === undefined) return
      event.preventDefault()
      handler(event)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
