import { Text } from '@mantine/core'
import type { Blocker } from '~/api/generated'
import { Person } from '~/ui/Person'
import { Fact, Facts } from '~/ui/RecordPage'
import { RelativeTime } from '~/ui/RelativeTime'
import { LinkToIncident, LinkToUpdate } from './LinkTo'
import { words } from './words'

const None = ({ text }: { text: string }) => (
  <Text span inherit c="dimmed">
    {text}
  </Text>
)

export const BlockerFacts = ({ blocker }: { blocker: Blocker }) => (
  <Facts>
    <Fact name={words.reporter}>
      <Person person={blocker.reported_by} />
    </Fact>
    <Fact name={words.linkedIncident}>
      {blocker.related_incident_id === null ? (
        <None text={words.noIncident} />
      ) : (
        <LinkToIncident id={blocker.related_incident_id} />
      )}
    </Fact>
    <Fact name={words.linkedUpdate}>
      {blocker.related_status_id === null ? (
        <None text={words.noUpdate} />
      ) : (
        <LinkToUpdate id={blocker.related_status_id} />
      )}
    </Fact>
    <Fact name={words.since}>
      <RelativeTime at={blocker.created_at} focusable />
    </Fact>
    {blocker.resolved_at !== null && (
      <Fact name={words.resolvedAt}>
        <RelativeTime at={blocker.resolved_at} focusable />
      </Fact>
    )}
    {blocker.updated_at !== blocker.created_at && (
      <Fact name={words.edited}>
        <RelativeTime at={blocker.updated_at} focusable />
      </Fact>
    )}
  </Facts>
)
