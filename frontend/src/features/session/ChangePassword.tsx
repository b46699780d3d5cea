import { Button, Group, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { sentence } from '~/api/errors'
import { useMe } from '~/api/session'
import { FormError } from '~/ui/FormError'
import { say } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { NewPasswordField } from './NewPasswordField'
import { passwordProblem } from './password'
import { PasswordField } from './PasswordField'
import { isRefusedState, useChangePassword } from './queries'
import { refusal } from './refusals'
import { words } from './words'

export function ChangePassword() {
  const me = useMe()
  const change = useChangePassword()
  const form = useForm({
    mode: 'controlled',
    initialValues: { current_password: '', new_password: '' },
    validate: {
      current_password: (value) => (value === '' ? words.blank : null),
      new_password: (value) => passwordProblem(value, me.email),
    },
  })
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.reset()
        say(words.changed)
      },
      onError: (error) =>
        form.setErrors(
          isRefusedState(error)
            ? { current_password: sentence(error) }
            : refusal(error, ['current_password', 'new_password']),
        ),
    }),
  )
  return (
    <Panel title={words.changeTitle}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" maw={420}>
          <FormError>{form.errors['_']}</FormError>
          {/* Tells password managers whose password this is. */}
          <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
          <PasswordField
            label={words.currentPassword}
            autoComplete="current-password"
            maxLength={1000}
            {...form.getInputProps('current_password')}
          />
          <NewPasswordField
            label={words.newPassword}
            email={me.email}
            maxLength={1000}
            {...form.getInputProps('new_password')}
          />
          <Group gap="sm">
            <Button type="submit" loading={change.isPending}>
              {words.changePassword}
            </Button>
            <Text size="sm" c="dimmed">
              {words.changeText}
            </Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
