export const keyboardWords: {
  title: string
  off: string
  go: string
  here: string
  typing: string
  keys: [string, string][]
} = {
  title: 'Keyboard shortcuts',
  off: 'Single keys are switched off in your profile; Ctrl-K still works.',
  go: 'Go to',
  here: 'On a page',
  typing: 'No single key fires while you type. Your profile has a switch for all of them.',
  keys: [
    ['Ctrl K', 'Search and act'],
    ['c', 'Create here'],
    ['/', 'Search here'],
    ['j', 'Next row'],
    ['k', 'Previous row'],
    ['Enter', 'Open the row'],
    ['e', 'Edit; in the inbox: mark as read'],
    ['x', 'Select in the inbox'],
    ['a', 'Assign the incident to me'],
    ['Esc', 'Close'],
    ['Ctrl Enter', 'Send what you wrote'],
    ['?', 'This list'],
  ],
}
