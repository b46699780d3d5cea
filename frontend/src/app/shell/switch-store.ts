import { useSyncExternalStore } from 'react'

/** Something that is open or not, and that may be opened from anywhere. */
export function createSwitch() {
  let open = false
  const listeners = new Set<() => void>()
  const set = (value: boolean) => {
    open = value
    listeners.forEach((listener) => listener())
  }
  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    open: () => set(true),
    close: () => set(false),
    useOpen: () => useSyncExternalStore(subscribe, () => open),
  }
}
