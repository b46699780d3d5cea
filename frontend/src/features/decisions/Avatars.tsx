import { Tooltip, VisuallyHidden } from '@mantine/core'
import type { Decision } from '~/api/generated'
import { PersonAvatar } from '~/ui/Person'
import classes from './Decisions.module.css'
import { words } from './words'

const SHOWN = 5

/** Who decided, as a row of avatars with the names in a hint and for whoever can't see them. */
export function Avatars({ participants }: { participants: Decision['participants'] }) {
  if (participants.length === 0) return null
  const names = words.decidedBy(participants.map(({ user }) => user.full_name).join(', '))
  return (
    <Tooltip label={names} multiline maw={320}>
      <span className={classes.avatars}>
        {participants.slice(0, SHOWN).map(({ user }) => (
          <PersonAvatar key={user.id} person={user} size={22} />
        ))}
        {participants.length > SHOWN && (
          <span className={classes.more} aria-hidden>
            {words.andMore(participants.length - SHOWN)}
          </span>
        )}
        <VisuallyHidden>{names}</VisuallyHidden>
      </span>
    </Tooltip>
  )
}
