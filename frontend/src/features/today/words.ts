const number = (n: number) => n.toLocaleString('en')
const count = (n: number, one: string, many: string) => `${number(n)} ${n === 1 ? one : many}`

export const words = {
  title: 'Today',
  greeting: (hour: number, name: string) => {
    const part =
      hour < 5 ? 'Hello' : hour < 12 ? 'Good morning' : hour < 18 ? 'Good afternoon' : 'Good evening'
    return `${part}, ${name}.`
  },
  incidentsOpen: (n: number) =>
    n === 0 ? 'No incident is open' : count(n, 'incident is open', 'incidents are open'),
  blockersWaiting: (n: number) =>
    n === 0 ? 'no blocker is waiting' : count(n, 'blocker is waiting', 'blockers are waiting'),
  posted: (n: number, of: number) => `${String(n)} of ${count(of, 'person has', 'people have')} posted.`,
  more: (n: number) => `${number(n)} more`,
  moreOf: (n: number, what: string) => `${number(n)} more in ${what}`,
  needsYou: 'Needs you',
  nothingNeedsYou: 'Nothing waits for you.',
  yours: 'yours',
  assigned: 'assigned to you',
  mentionedBy: (name: string) => `${name} mentioned you`,
  mentioned: 'You were mentioned',
  mention: 'Mention',
  openIncidents: 'Open incidents',
  noIncidents: 'No incident is open.',
  activeBlockers: 'Active blockers',
  noBlockers: 'Nobody is blocked.',
  said: 'Said lately',
  nobodySaid: 'Nobody has posted yet.',
  posting: 'posting…',
  silent: 'Not heard from',
  silentText: 'In the last 24 hours.',
  nobodySilent: 'Everybody has posted in the last 24 hours.',
  decided: 'Decided this week',
  nothingDecided: 'Nothing was decided in the last seven days.',
  tagged: (tag: string) => `Updates tagged ${tag}`,
  tags: 'Tags of this update',
  incident: (id: number) => `INC-${String(id)}`,
  blocker: (id: number) => `BLK-${String(id)}`,
  unassigned: 'nobody is on it',
  incidents: 'Incidents',
  blockers: 'Blockers',
  updates: 'Updates',
  inbox: 'Inbox',
  decisions: 'Decisions',
  emptyTitle: 'This is where your team’s day will stand',
  emptyText:
    'Say what you are working on: that is all it takes. Incidents, blockers and decisions join in as they come up.',
  post: 'Post update',
  reportIncident: 'Report an incident',
  recordDecision: 'Record a decision',
  invite: 'Invite people',
  firstSteps: 'Two steps to begin with',
  firstPost: 'Post your first update',
  setZone: 'Set your time zone',
  done: 'Done',
  toDo: 'To do',
  dismiss: 'Hide these steps',
}

export const trendWords = {
  title: 'Trends',
  span: 'Days shown',
  days: (n: number) => `${String(n)} days`,
  day: 'Day',
  updates: 'Updates',
  updatesSum: (n: number, days: number) => `${count(n, 'update', 'updates')} in ${String(days)} days`,
  incidents: 'Incidents',
  incidentsSum: (opened: number, resolved: number) =>
    `${number(opened)} opened, ${number(resolved)} resolved`,
  opened: 'opened',
  resolved: 'resolved',
  age: 'Median age of blockers',
  ageSum: (age: string) => `${age} now`,
  noAge: 'nobody is blocked now',
  none: 'none',
  inDays: 'days',
}
