import { lazy, Suspense, useState } from 'react'
import { usePaletteIsOpen } from './palette-store'

const Palette = lazy(async () => ({ default: (await import('../palette/Palette')).Palette }))

/** The palette's chunk comes with its first opening. */
export function LazyPalette() {
  const opened = usePaletteIsOpen()
  const [wanted, setWanted] = useState(false)
  if (opened && !wanted) setWanted(true)
  return wanted ? (
    <Suspense>
      <Palette />
    </Suspense>
  ) : null
}
