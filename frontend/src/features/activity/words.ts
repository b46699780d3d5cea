export const words = {
  title: 'Activity',
  hint: 'Every change that anybody made. The database itself refuses to rewrite it.',
  type: 'Type',
  types: {
    status_update: 'Update',
    incident: 'Incident',
    blocker: 'Blocker',
    decision: 'Decision',
    summary: 'Summary',
    user: 'Person',
    webhook: 'Webhook',
  },
  who: 'Who',
  empty: 'Nothing has happened yet',
  emptyText: 'Each change of a record will stand here, with who made it and when.',
}
