import type { Notification } from '~/api/inbox'

/** Everything one is told of one record, newest first. */
export interface Group {
  key: string
  title: string
  url: string
  entries: Notification[]
  unreadIds: number[]
}

/** In the order of each record's newest entry. */
export function groupsOf(entries: readonly Notification[]): Group[] {
  const groups = new Map<string, Group>()
  for (const entry of entries) {
    // The page too: a test and news of one's account are about the same person.
    const key = `${entry.subject_type} ${entry.subject_id} ${entry.url}`
    const group = groups.get(key) ?? { key, title: entry.title, url: entry.url, entries: [], unreadIds: [] }
    group.entries.push(entry)
    if (!entry.is_read) group.unreadIds.push(entry.id)
    groups.set(key, group)
  }
  return [...groups.values()]
}
