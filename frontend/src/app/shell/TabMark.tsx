import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { unreadQuery } from '~/api/inbox'

const MARK = /^\(\d+\+?\) /

/** `(3) Incidents`: the tab's title carries how much is unread, whatever page sets it. */
export function TabMark() {
  const { data: unread = 0 } = useQuery(unreadQuery)
  useEffect(() => {
    const apply = () => {
      const bare = document.title.replace(MARK, '')
      const wanted = unread > 0 ? `(${unread > 99 ? '99+' : String(unread)}) ${bare}` : bare
      if (document.title !== wanted) document.title = wanted
    }
    apply()
    const observer = new MutationObserver(apply)
    observer.observe(document.head, { subtree: true, childList: true, characterData: true })
    return () => observer.disconnect()
  }, [unread])
  return null
}
