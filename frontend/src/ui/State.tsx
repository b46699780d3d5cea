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
  type TablerIcon,
} from '@tabler/icons-react'
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
  icon: TablerIcon
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

// A stored summary keeps the words of its day, so they may be any text.
const textOf = (texts: Record<string, string>, word: string) => texts[word] ?? word
const iconOf = (icons: Record<string, TablerIcon>, word: string) => icons[word] ?? IconCircle

export const SeverityMark = ({ severity, size }: { severity: string; size?: MantineSize }) => (
  <Mark
    icon={iconOf(SEVERITIES, severity)}
    text={textOf(words.severity, severity)}
    kind={severity}
    size={size}
  />
)

export const IncidentMark = ({ status, size }: { status: string; size?: MantineSize }) => (
  <Mark
    icon={iconOf(INCIDENT, status)}
    text={textOf(words.incidentStatus, status)}
    kind={status}
    size={size}
  />
)

export const BlockerMark = ({ status, size }: { status: string; size?: MantineSize }) => (
  <Mark icon={iconOf(BLOCKER, status)} text={textOf(words.blockerStatus, status)} kind={status} size={size} />
)
