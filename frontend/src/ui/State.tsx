import { Badge, type MantineSize } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCheck,
  IconChevronDown,
  IconChevronsUp,
  IconChevronUp,
  IconCircle,
  IconCircleHalf2,
  IconHourglass,
  IconLock,
  IconMinus,
} from '@tabler/icons-react'
import type { Blocker, Incident } from '~/api/generated'
import classes from './State.module.css'
import { words } from './words'

/** Always shape + word + colour. */
const SEVERITIES = { critical: IconChevronsUp, high: IconChevronUp, medium: IconMinus, low: IconChevronDown }
const INCIDENT = {
  open: IconAlertTriangle,
  in_progress: IconCircleHalf2,
  resolved: IconCheck,
  closed: IconLock,
}
const BLOCKER = { active: IconHourglass, resolved: IconCheck }

interface Props {
  icon: typeof IconCircle
  text: string
  kind: string
  size?: MantineSize
}

function Mark({ icon: Icon, text, kind, size = 'md' }: Props) {
  return (
    <Badge
      className={classes.mark}
      data-kind={kind}
      variant="default"
      size={size}
      radius="sm"
      leftSection={<Icon size={12} stroke={2.5} aria-hidden />}
    >
      {text}
    </Badge>
  )
}

export const SeverityMark = ({ severity, size }: { severity: Incident['severity']; size?: MantineSize }) => (
  <Mark icon={SEVERITIES[severity]} text={words.severity[severity]} kind={severity} size={size} />
)

export const IncidentMark = ({ status, size }: { status: Incident['status']; size?: MantineSize }) => (
  <Mark icon={INCIDENT[status]} text={words.incidentStatus[status]} kind={status} size={size} />
)

export const BlockerMark = ({ status, size }: { status: Blocker['status']; size?: MantineSize }) => (
  <Mark icon={BLOCKER[status]} text={words.blockerStatus[status]} kind={status} size={size} />
)
