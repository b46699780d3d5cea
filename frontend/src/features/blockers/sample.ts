/** For tests: a blocker as the API answers it. */
import type { Blocker } from '~/api/generated'
import { nested, sam } from '../../../tests/server'

export const blocker: Blocker = {
  id: 7,
  description: 'No access to **staging**\n\nThe ticket is open since Monday.',
  impact: 'The release waits.',
  status: 'active',
  resolution_notes: null,
  archived: false,
  reported_by_id: sam.id,
  related_status_id: null,
  related_incident_id: null,
  created_at: '2026-11-18T09:00:00.000000Z',
  updated_at: '2026-11-18T09:00:00.000000Z',
  resolved_at: null,
  reported_by: nested(sam),
}
