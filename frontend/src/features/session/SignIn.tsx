import { Alert, Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router'
import { configQuery, meQuery } from '~/api/session'
import { FormError } from '~/ui/FormError'
import { paths, safeNext } from '~/ui/paths'
import { AuthCard } from './AuthCard'
import { noteOf } from './notes'
import { PasswordField } from './PasswordField'
import { useSignIn } from './queries'
import { signInRefusal } from './refusals'
import { TextLink } from './TextLink'
import { words } from './words'

const notBlank = (value: string) => (value.trim() === '' ? words.blank : null)

export function SignIn() {
  const [params] = useSearchParams()
  const { state } = useLocation() as { state: unknown }
  const navigate = useNavigate()
  const { data: me } = useQuery(meQuery)
  const { data: config } = useQuery(configQuery)
  const signIn = useSignIn()
  const form = useForm({
    mode: 'controlled',
    initialValues: { email: '', password: '' },
    validate: { email: notBlank, password: (value) => (value === '' ? words.blank : null) },
  })
  const next = safeNext(params.get('next'))
  const note = params.has('expired') ? words.expired : noteOf(state)
  // Who is sent here with a note is signed in no longer, or not yet, even if the page they left is still remembered.
  if (me !== undefined && !signIn.isPending && note === undefined) return <Navigate to={next} replace />

  const submit = form.onSubmit((values) =>
    signIn.mutate(values, {
      onSuccess: () => void navigate(next, { replace: true }),
      onError: (error) => form.setErrors(signInRefusal(error, ['email', 'password'])),
    }),
  )
  return (
    <AuthCard
      title={words.signInTitle}
      foot={
        config?.registration === 'open' && (
          <>
            {words.noAccount} <TextLink to={paths.register}>{words.register}</TextLink>
          </>
        )
      }
    >
      {note !== undefined && (
        <Alert variant="light" role="status" p="sm">
          {note}
        </Alert>
      )}
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
          <PasswordField
            label={words.password}
            autoComplete="current-password"
            maxLength={1000}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth mt={4}>
            {words.signIn}
          </Button>
          <TextLink to={paths.forgotPassword}>{words.forgot}</TextLink>
        </Stack>
      </form>
    </AuthCard>
  )
}
