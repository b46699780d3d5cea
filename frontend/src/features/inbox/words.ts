const count = (entries: number) => entries.toLocaleString('en')

export const words = {
  title: 'Inbox',
  show: 'Show',
  unread: 'Unread',
  all: 'All',
  fresh: 'New',
  earlier: 'Read before',
  none: 'Nothing new',
  noneText: 'What concerns you comes here: an assignment, a mention, an answer to what you reported.',
  showAll: 'Show what you read before',
  settings: 'Choose what you are told of',
  select: (title: string) => `Select ${title}`,
  selected: (entries: number) => `${count(entries)} selected`,
  markRead: 'Mark as read',
  markOne: (title: string) => `Mark ${title} as read`,
  clear: 'Clear selection',
  readAll: 'Mark all as read',
  more: (entries: number) => `and ${count(entries)} more`,
  isUnread: 'unread',
  system: 'AsyncOps',
}
