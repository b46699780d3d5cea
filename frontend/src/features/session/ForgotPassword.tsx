import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { FormError } from '~/ui/FormError'
import { AuthCard } from './AuthCard'
import { useForgottenPassword } from './queries'
import { refusal } from './refusals'
import { TextLink } from './TextLink'
import { words } from './words'

export function ForgotPassword() {
  const ask = useForgottenPassword()
  const form = useForm({
    mode: 'controlled',
    initialValues: { email: '' },
    validate: { email: (value) => (value.trim() === '' ? words.blank : null) },
  })
  const submit = form.onSubmit((values) =>
    ask.mutate(values, { onError: (error) => form.setErrors(refusal(error, ['email'])) }),
  )
  const foot = <TextLink to="/sign-in">{words.backToSignIn}</TextLink>
  if (ask.isSuccess)
    return (
      <AuthCard title={words.sentTitle} foot={foot}>
        <Text role="status">{words.sent(ask.variables.email)}</Text>
        <Text c="dimmed" size="sm">
          {words.sentHint}
        </Text>
        <Anchor component="button" type="button" size="sm" ta="left" underline="always" onClick={ask.reset}>
          {words.otherEmail}
        </Anchor>
      </AuthCard>
    )
  return (
    <AuthCard title={words.forgotTitle} foot={foot}>
      <Text>{words.forgotText}</Text>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <FormError>{form.errors['_']}</FormError>
          <TextInput
            label={words.email}
            type="email"
            autoComplete="username"
            autoFocus
            maxLength={255}
            {...form.getInputProps('email')}
          />
          <Button type="submit" loading={ask.isPending} fullWidth>
            {words.sendLink}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  )
}
