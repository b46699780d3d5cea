import {
  IconBarrierBlock,
  IconFlame,
  IconGavel,
  IconInbox,
  IconMessage2,
  IconNews,
  IconSun,
  type TablerIcon,
} from '@tabler/icons-react'
import { paths } from '~/ui/paths'
import { words } from './words'

export interface Item {
  to: string
  text: string
  icon: TablerIcon
  /** After `g`. */
  key: string
  count?: 'incidents' | 'blockers' | 'unread'
  countInWords?: (count: number) => string
}

export const inbox: Item = {
  to: paths.inbox,
  text: words.inbox,
  icon: IconInbox,
  key: 'n',
  count: 'unread',
  countInWords: words.unread,
}

export const items: Item[] = [
  { to: paths.today, text: words.today, icon: IconSun, key: 't' },
  { to: paths.updates, text: words.updates, icon: IconMessage2, key: 'u' },
  {
    to: paths.incidents,
    text: words.incidents,
    icon: IconFlame,
    key: 'i',
    count: 'incidents',
    countInWords: words.open,
  },
  {
    to: paths.blockers,
    text: words.blockers,
    icon: IconBarrierBlock,
    key: 'b',
    count: 'blockers',
    countInWords: words.waiting,
  },
  { to: paths.decisions, text: words.decisions, icon: IconGavel, key: 'd' },
  { to: paths.summaries, text: words.summaries, icon: IconNews, key: 's' },
]

/** The four that fit on a phone's bottom bar. */
export const onPhones: Item[] = [...items.slice(0, 3), inbox]
