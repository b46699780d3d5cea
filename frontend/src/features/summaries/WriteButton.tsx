import { Button } from '@mantine/core'
import { useNavigate } from 'react-router'
import { useIsAdmin } from '~/api/session'
import { say, sayFailure } from '~/ui/notify'
import { pathOf } from '~/ui/paths'
import { useWriteSummary } from './queries'
import { words } from './words'

/** For administrators: writes a day's summary now (without a date: today's) and opens it. */
export function WriteButton({ date, text = words.write }: { date?: string; text?: string }) {
  const write = useWriteSummary()
  const navigate = useNavigate()
  if (!useIsAdmin()) return null
  return (
    <Button
      variant={date === undefined ? 'filled' : 'default'}
      loading={write.isPending}
      onClick={() =>
        write.mutate(date, {
          onSuccess: (summary) => {
            say(words.writing)
            void navigate(pathOf.summary(summary.id))
          },
          onError: sayFailure,
        })
      }
    >
      {text}
    </Button>
  )
}
