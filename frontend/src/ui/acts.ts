/** The ledger's acts in words: from an action's name and its changes to what comes after the person's name. */
import type { Activity } from '~/api/activity'
import { day } from './time'
import { words } from './words'

type Change = Activity['changes'][number]
type NameOf = (id: number) => string | undefined

const RANK: readonly unknown[] = ['low', 'medium', 'high', 'critical']
const TEXTS = new Set(['description', 'content', 'impact', 'context', 'outcome', 'resolution_notes'])
/** Follow from another change of the same act. */
const SILENT = new Set(['resolved_at', 'archived', 'failing_since'])
const PERSON = new Set(['assigned_to_id'])

const FIELDS: Record<string, string> = {
  resolution_notes: 'resolution notes',
  related_incident_id: 'linked incident',
  related_status_id: 'linked update',
  participant_ids: 'participants',
  decision_date: 'date',
  full_name: 'name',
  is_active: 'access',
  url: 'address',
  timezone: 'time zone',
  email: 'e-mail',
}

const VERBS: Record<string, string> = {
  'status_update.created': 'posted this update',
  'status_update.deleted': 'deleted this update',
  'incident.created': 'reported this incident',
  'incident.archived': 'archived this incident',
  'incident.unarchived': 'took this incident out of the archive',
  'incident.deleted': 'deleted this incident',
  'blocker.created': 'reported this blocker',
  'blocker.resolved': 'resolved this blocker',
  'blocker.reopened': 'reopened this blocker',
  'blocker.archived': 'archived this blocker',
  'blocker.unarchived': 'took this blocker out of the archive',
  'blocker.deleted': 'deleted this blocker',
  'decision.created': 'recorded this decision',
  'decision.deleted': 'deleted this decision',
  'summary.generated': 'wrote this summary',
  'user.registered': 'joined',
  'user.invited': 'invited this person',
  'user.deactivated': 'deactivated this person',
  'user.reactivated': 'let this person in again',
  'user.password_changed': 'changed a password',
  'user.invitation_withdrawn': 'withdrew this invitation',
  'user.reset_link_made': 'made a link for a new password',
  'webhook.created': 'made this webhook',
  'webhook.deleted': 'deleted this webhook',
  'webhook.disabled': 'switched this webhook off',
  'webhook.replayed': 'had a message sent again',
  'webhook.secret_rotated': 'made a new secret for this webhook',
}

export function actInWords(act: Pick<Activity, 'action' | 'changes'>, nameOf: NameOf): string {
  const verb = VERBS[act.action]
  const created = act.action.endsWith('.created') || act.action.endsWith('.registered')
  const changes = created ? [] : act.changes.filter((change) => !SILENT.has(change.field))
  const phrases = changes.map((change) => changeInWords(change, nameOf))
  if (verb !== undefined) return [verb, ...phrases].join(', ')
  return phrases.length > 0
    ? phrases.join(', ')
    : (act.action.split('.')[1] ?? act.action).replaceAll('_', ' ')
}

function changeInWords({ field, old, new: now }: Change, nameOf: NameOf): string {
  const name = FIELDS[field] ?? field.replaceAll('_', ' ')
  if (field === 'severity') {
    const verb = RANK.indexOf(now) > RANK.indexOf(old) ? 'raised' : 'lowered'
    return `${verb} severity from ${value(field, old, nameOf)} to ${value(field, now, nameOf)}`
  }
  if (PERSON.has(field))
    return now === null ? 'took the assignee away' : `assigned it to ${value(field, now, nameOf)}`
  if (field === 'participant_ids') return 'changed the participants'
  if (TEXTS.has(field))
    return isEmpty(old) ? `added ${name}` : isEmpty(now) ? `removed the ${name}` : `edited the ${name}`
  if (isEmpty(old)) return `set the ${name} to ${value(field, now, nameOf)}`
  if (isEmpty(now)) return `removed the ${name}`
  return `changed the ${name} from ${value(field, old, nameOf)} to ${value(field, now, nameOf)}`
}

const isEmpty = (one: unknown) => one === null || one === '' || (Array.isArray(one) && one.length === 0)

function value(field: string, one: unknown, nameOf: NameOf): string {
  if (field === 'severity' && typeof one === 'string') return one
  if (field === 'status' && typeof one === 'string')
    return ({ ...words.incidentStatus, ...words.blockerStatus } as Record<string, string>)[one] ?? one
  if (PERSON.has(field) && typeof one === 'number') return nameOf(one) ?? `#${String(one)}`
  if (field === 'decision_date' && typeof one === 'string') return day(one)
  if (Array.isArray(one)) return one.join(', ')
  if (typeof one === 'boolean') return one ? 'on' : 'off'
  return typeof one === 'string' ? `“${one}”` : String(one)
}
