import { Anchor } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { StatusUpdate } from '~/api/generated'
import { useMe } from '~/api/session'
import { Markdown } from '~/ui/markdown/Markdown'
import { Panel } from '~/ui/Panel'
import { pathOf, paths } from '~/ui/paths'
import { PersonAvatar } from '~/ui/Person'
import { RelativeTime } from '~/ui/RelativeTime'
import { MoreLine, Nothing } from './Line'
import { saidQuery } from './queries'
import classes from './Said.module.css'
import { words } from './words'

export interface Sending {
  title: string
  content: string
}

export function SaidLately({ sending }: { sending: Sending[] }) {
  const { data: said } = useSuspenseQuery(saidQuery)
  const me = useMe()
  const pending = sending.filter(
    ({ title, content }) =>
      !said.items.some(
        (one) => one.user_id === me.id && one.title === title.trim() && one.content === content,
      ),
  )
  return (
    <Panel title={words.said} flush>
      {said.items.length + pending.length === 0 && <Nothing>{words.nobodySaid}</Nothing>}
      <ul className={classes.list}>
        {pending.map((one, index) => (
          <li key={`sending-${String(index)}`} className={classes.item} data-pending aria-busy>
            <PersonAvatar person={me} size={28} />
            <div className={classes.body}>
              <p className={classes.by}>
                <b>{me.full_name}</b> · {words.posting}
              </p>
              <h3 className={classes.title}>{one.title}</h3>
              <Markdown text={one.content} lines={2} />
            </div>
          </li>
        ))}
        {said.items.map((one) => (
          <Said key={one.id} update={one} />
        ))}
      </ul>
      <MoreLine count={(said.total ?? 0) - said.items.length} to={paths.updates} of={words.updates} />
    </Panel>
  )
}

function Said({ update }: { update: StatusUpdate }) {
  return (
    <li className={classes.item}>
      <PersonAvatar person={update.user} size={28} />
      <div className={classes.body}>
        <p className={classes.by}>
          <b>{update.user.full_name}</b> · <RelativeTime at={update.created_at} />
        </p>
        <h3 className={classes.title}>
          <Anchor component={Link} to={pathOf.status_update(update.id)} inherit c="inherit">
            {update.title}
          </Anchor>
        </h3>
        <div className={classes.text}>
          <Markdown text={update.content} lines={2} />
        </div>
        {update.tags.length > 0 && (
          <ul className={classes.tags} aria-label={words.tags}>
            {update.tags.map((tag) => (
              <li key={tag}>
                <Link to={`${paths.updates}?tags=${encodeURIComponent(tag)}`} title={words.tagged(tag)}>
                  #{tag}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  )
}
