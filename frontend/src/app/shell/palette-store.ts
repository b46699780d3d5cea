import { createSwitch } from './switch-store'

const palette = createSwitch()
export const { open: openPalette, close: closePalette, useOpen: usePaletteIsOpen } = palette
