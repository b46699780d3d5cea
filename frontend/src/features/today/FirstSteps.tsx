import { Anchor, CloseButton } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconCircle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { Link } from 'react-router'
import { useMe } from '~/api/session'
import { paths } from '~/ui/paths'
import classes from './FirstSteps.module.css'
import { hasPostedQuery } from './queries'
import { words } from './words'

const UTC = ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT']
const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Two things worth doing once. Goes when both are done, or when it is closed. */
export function FirstSteps({ onPost }: { onPost: () => void }) {
  const title = useId()
  const me = useMe()
  const { data: hasPosted } = useQuery(hasPostedQuery(me.id))
  const [hidden, setHidden] = useLocalStorage({
    key: `asyncops.first-steps.${String(me.id)}`,
    defaultValue: false,
    getInitialValueInEffect: false,
  })
  // Everybody starts in UTC; for some that is right.
  const hasZone = !UTC.includes(me.timezone) || UTC.includes(browserZone())
  if (hidden || hasPosted === undefined || (hasPosted && hasZone)) return null
  return (
    <section className={classes.box} aria-labelledby={title}>
      <div className={classes.head}>
        <h2 id={title} className={classes.title}>
          {words.firstSteps}
        </h2>
        <CloseButton size="sm" aria-label={words.dismiss} onClick={() => setHidden(true)} />
      </div>
      <ol className={classes.steps}>
        <Step done={hasPosted} text={words.firstPost}>
          <Anchor component="button" type="button" underline="always" inherit onClick={onPost}>
            {words.firstPost}
          </Anchor>
        </Step>
        <Step done={hasZone} text={words.setZone}>
          <Anchor component={Link} to={paths.profile} underline="always" inherit>
            {words.setZone}
          </Anchor>
        </Step>
      </ol>
    </section>
  )
}

/** What is done is no longer a link. */
function Step({ done, text, children }: { done: boolean; text: string; children: ReactNode }) {
  const Icon = done ? IconCircleCheck : IconCircle
  return (
    <li className={classes.step} data-done={done || undefined}>
      <Icon size={18} role="img" aria-label={done ? words.done : words.toDo} />
      {done ? text : children}
    </li>
  )
}
