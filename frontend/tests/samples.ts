/** Records as the API answers them. */
import type { Incident } from '~/api/generated'
import { nested, sam } from './server'

export const incident: Incident = {
  id: 7,
  title: 'Checkout is slow',
  description: 'Since noon.',
  severity: 'high',
  status: 'open',
  resolution_notes: null,
  archived: false,
  reported_by_id: sam.id,
  assigned_to_id: null,
  created_at: '2026-11-24T09:00:00.000000Z',
  updated_at: '2026-11-24T09:00:00.000000Z',
  resolved_at: null,
  reported_by: nested(sam),
  assigned_to: null,
}
