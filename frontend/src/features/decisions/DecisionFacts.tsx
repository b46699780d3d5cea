import { Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Decision } from '~/api/generated'
import { paths } from '~/ui/paths'
import { Person } from '~/ui/Person'
import { Fact, Facts } from '~/ui/RecordPage'
import { RelativeTime } from '~/ui/RelativeTime'
import { day, exact } from '~/ui/time'
import classes from './Decisions.module.css'
import { words } from './words'

const None = ({ text }: { text: string }) => (
  <Text span inherit c="dimmed">
    {text}
  </Text>
)

const Moment = ({ at }: { at: string }) => (
  <>
    <span className={classes.screen}>
      <RelativeTime at={at} focusable />
    </span>
    <span className={classes.paper}>{exact(at)}</span>
  </>
)

const withTag = (tag: string) => `${paths.decisions}?${new URLSearchParams({ tag }).toString()}`

export const DecisionFacts = ({ decision }: { decision: Decision }) => (
  <Facts>
    <Fact name={words.date}>
      <time dateTime={decision.decision_date}>{day(decision.decision_date)}</time>
    </Fact>
    <Fact name={words.participants}>
      {decision.participants.length === 0 ? (
        <None text={words.noParticipants} />
      ) : (
        <ul className={classes.people}>
          {decision.participants.map(({ user }) => (
            <li key={user.id}>
              <Person person={user} />
            </li>
          ))}
        </ul>
      )}
    </Fact>
    <Fact name={words.tags}>
      {decision.tags.length === 0 ? (
        <None text={words.noTags} />
      ) : (
        <span className={classes.tags}>
          {decision.tags.map((tag) => (
            <Link key={tag} to={withTag(tag)} className={classes.tag}>
              {tag}
            </Link>
          ))}
        </span>
      )}
    </Fact>
    <Fact name={words.creator}>
      <Person person={decision.created_by} />
    </Fact>
    <Fact name={words.recordedAt}>
      <Moment at={decision.created_at} />
    </Fact>
    {decision.updated_at !== decision.created_at && (
      <Fact name={words.edited}>
        <Moment at={decision.updated_at} />
      </Fact>
    )}
  </Facts>
)
