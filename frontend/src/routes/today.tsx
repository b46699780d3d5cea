import { Composer } from '~/features/updates/Composer'
import { useUpdatesBeingSent } from '~/features/updates/queries'
import { TodayView } from '~/features/today/TodayView'
import { useKeys } from '~/ui/keys'
import { useFlag } from '~/ui/useFlag'

export function Page() {
  const [composing, setComposing] = useFlag('new')
  const sending = useUpdatesBeingSent()
  const open = () => setComposing(true)
  useKeys({ c: open })
  return (
    <TodayView
      sending={sending}
      onPost={open}
      composer={<Composer opened={composing} onOpen={open} onClose={() => setComposing(false)} />}
    />
  )
}
