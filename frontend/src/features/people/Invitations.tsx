import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useSuspenseQuery } from '@tanstack/react-query'
import type { Invitation, InvitationIn } from '~/api/generated'
import { copyText } from '~/ui/copy'
import { FormError } from '~/ui/FormError'
import { fieldErrors } from '~/ui/forms'
import { say, sayFailure } from '~/ui/notify'
import { RelativeTime } from '~/ui/RelativeTime'
import { words as uiWords } from '~/ui/words'
import { invitationsQuery, useInvite, useWithdraw } from './queries'
import classes from './People.module.css'
import { words } from './words'

export function Invitations() {
  const { data: invitations } = useSuspenseQuery(invitationsQuery)
  if (invitations.length === 0) return <Text c="dimmed">{words.noPending}</Text>
  return (
    <ul className={classes.invitations}>
      {invitations.map((invitation) => (
        <OneInvitation key={invitation.id} invitation={invitation} />
      ))}
    </ul>
  )
}

function OneInvitation({ invitation }: { invitation: Invitation }) {
  const withdraw = useWithdraw()
  return (
    <li>
      <div>
        <Text fw={550}>{invitation.email}</Text>
        <Text size="sm" c="dimmed">
          {words.roles[invitation.role]} · {invitation.sent_at === null ? words.mailWaiting : words.mailSent}{' '}
          · {words.expires} <RelativeTime at={invitation.expires_at} focusable />
        </Text>
      </div>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          aria-label={words.copyLinkOf(invitation.email)}
          onClick={() => void copyText(invitation.link, words.copied)}
        >
          {words.copyLink}
        </Button>
        <Button
          size="xs"
          variant="subtle"
          loading={withdraw.isPending}
          aria-label={words.withdrawOf(invitation.email)}
          onClick={() =>
            withdraw.mutate(invitation.id, {
              onSuccess: () => say(words.withdrawn(invitation.email)),
              onError: sayFailure,
            })
          }
        >
          {words.withdraw}
        </Button>
      </Group>
    </li>
  )
}

export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.inviteTitle}>
      <InviteForm onClose={onClose} />
    </Modal>
  )
}

function InviteForm({ onClose }: { onClose: () => void }) {
  const invite = useInvite()
  const form = useForm<Required<InvitationIn>>({
    initialValues: { email: '', role: 'member' },
    validate: { email: (value) => (value.includes('@') ? null : words.badEmail) },
  })
  const send = form.onSubmit((values) =>
    invite.mutate(values, {
      onSuccess: () => {
        say(words.invited(values.email))
        onClose()
      },
      onError: (error) => form.setErrors(fieldErrors(error, ['email', 'role'])),
    }),
  )
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        <Text c="dimmed">{words.inviteHint}</Text>
        <FormError>{form.errors['_']}</FormError>
        <TextInput
          type="email"
          label={words.email}
          required
          data-autofocus
          maxLength={255}
          {...form.getInputProps('email')}
        />
        <Select
          label={words.role}
          data={Object.entries(words.roles).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('role')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {uiWords.cancel}
          </Button>
          <Button type="submit" loading={invite.isPending}>
            {words.invite}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
