/** Records as the API answers them. */
import type { Content, Incident, Summary, Webhook } from '~/api/generated'
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

const beside = { day_before: 0, seven_day_mean: 0.5 }

/** A day without anything. */
export const quietDay: Content = {
  incidents: [],
  incidents_opened: [],
  incidents_resolved: [],
  blockers: [],
  status_updates: [],
  recent_decisions: [],
  no_update_from: [],
  statistics: {
    active_incidents: 0,
    critical_incidents: 0,
    incidents_opened: 0,
    incidents_resolved: 0,
    median_hours_to_resolve: null,
    active_blockers: 0,
    total_status_updates: 0,
    decisions_last_7_days: 0,
    trends: {
      active_incidents: beside,
      critical_incidents: beside,
      incidents_opened: beside,
      incidents_resolved: beside,
      active_blockers: beside,
      total_status_updates: beside,
      decisions_last_7_days: beside,
    },
  },
  left_out: {
    incidents: 0,
    incidents_opened: 0,
    incidents_resolved: 0,
    blockers: 0,
    status_updates: 0,
    recent_decisions: 0,
    no_update_from: 0,
  },
}

export const summary: Summary = {
  id: 3,
  summary_date: '2026-11-24',
  status_updates_count: 2,
  incidents_count: 0,
  blockers_count: 0,
  decisions_count: 0,
  generated_at: '2026-11-24T09:00:05.000000Z',
  window_start: '2026-11-23T09:00:00.000000Z',
  window_end: '2026-11-24T09:00:00.000000Z',
  revision: 1,
  content: quietDay,
  markdown: '# Summary of 2026-11-24',
}

export const webhook: Webhook = {
  id: 4,
  url: 'https://hooks.example.org/in',
  description: 'The status page',
  events: ['incident.created'],
  is_active: true,
  created_at: '2026-11-20T09:00:00.000000Z',
  updated_at: '2026-11-20T09:00:00.000000Z',
  last_success_at: null,
  last_failure_at: null,
  failing_since: null,
}
