import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { exact, exactUtc, relative } from './time'
import { words } from './words'

/** `3 h ago`, with the exact local time and UTC on hover and focus. */
export function RelativeTime({ at, focusable = false }: { at: string; focusable?: boolean }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <Tooltip label={`${exact(at)} · ${words.utc(exactUtc(at))}`}>
      {/* Inside a row that is a link a second stop for the keyboard would be in the way. */}
      <time dateTime={at} tabIndex={focusable ? 0 : undefined} style={{ whiteSpace: 'nowrap' }}>
        {relative(at, now)}
      </time>
    </Tooltip>
  )
}
