import type { Preferences } from '~/api/generated'

type Channel = Preferences['matrix'][number]['locked'][number]

const channel: Record<Channel, string> = { inbox: 'Inbox', email: 'E-mail', chat: 'Chat' }
const where: Record<Channel, string> = { inbox: 'your inbox', email: 'your mail', chat: 'your chat' }

const and = (parts: string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`

export const words = {
  title: 'Notifications',
  what: 'What you are told of',
  event: 'When',
  channel,
  cell: (event: string, on: Channel) => `${event}: ${channel[on]}`,
  locked: (channels: Channel[]) =>
    `${and(channels.map((one) => channel[one]))} always: ${channels.length > 1 ? 'they guard' : 'it guards'} your account.`,
  noChat: 'Chat is not set up yet: choose where below.',
  test: 'Send me a test',
  testSent: (channels: Channel[]) => `The test is on its way to ${and(channels.map((one) => where[one]))}`,
  when: 'When it reaches you',
  quiet: 'Quiet hours',
  quietHint: 'E-mail and chat wait until they end, all but critical incidents. The inbox never waits.',
  start: 'From',
  end: 'To',
  sameTimes: 'They must end at another time than they start.',
  noTime: 'Please give a time.',
  mail: 'E-mails come',
  mode: { immediate: 'At once', daily: 'Once a day' },
  digest: 'At',
  digestHint: 'Mails about critical incidents still come at once.',
  zone: (zone: string) => `These times are meant in ${zone.replaceAll('_', ' ')}.`,
  changeZone: 'Change the time zone',
  chat: 'Chat',
  chatText: (service: string) =>
    `Messages go to ${service}. Its address is kept secret and is not shown again.`,
  chatHint:
    'Paste the incoming webhook of Slack, Teams, Discord, Google Chat or Webex, or an Apprise address such as tgram://.',
  chatUrl: 'Webhook address',
  chatSet: (service: string) => `Messages go to ${service} from now on`,
  chatRemoved: 'No more messages go to your chat',
  blank: 'Please fill this in.',
  setChat: 'Set',
  replaceChat: 'Replace',
  removeChat: 'Remove',
  removeAsk: (service: string) => `Send no more messages to ${service}?`,
  removeText: 'To have them again you need the webhook’s address.',
}
