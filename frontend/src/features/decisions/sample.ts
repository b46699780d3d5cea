/** For tests: a decision as the API answers it, recorded by Ada. */
import type { AuditEntry, Decision } from '~/api/generated'
import { ada, nested, sam } from '../../../tests/server'

export const decision: Decision = {
  id: 4,
  title: 'Where jobs wait',
  description: 'Redis or Valkey.',
  context: 'The licence changed.',
  outcome: 'We use **Valkey**.\n\nFrom next week on.',
  decision_date: '2026-11-20',
  tags: ['queue', 'licence'],
  created_by_id: ada.id,
  created_at: '2026-11-20T09:00:00.000000Z',
  updated_at: '2026-11-20T09:00:00.000000Z',
  created_by: nested(ada),
  participant_ids: [sam.id],
  participants: [{ id: 1, user_id: sam.id, created_at: '2026-11-20T09:00:00.000000Z', user: nested(sam) }],
}

export const audited = (id: string, entry: Partial<AuditEntry>): AuditEntry => ({
  id,
  decision_id: 4,
  changed_by_id: ada.id,
  change_type: 'updated',
  field_name: null,
  old_value: null,
  new_value: null,
  changed_at: '2026-11-21T09:00:00.000000Z',
  changed_by: nested(ada),
  ...entry,
})
