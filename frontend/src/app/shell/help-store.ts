import { createSwitch } from './switch-store'

const help = createSwitch()
export const { open: openHelp, close: closeHelp, useOpen: useHelpIsOpen } = help
