import { Button, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useLocation, useNavigate } from 'react-router'
import { FormError } from '~/ui/FormError'
import { paths } from '~/ui/paths'
import { AuthCard } from './AuthCard'
import { NewPasswordField } from './NewPasswordField'
import { tokenIn, withNote } from './notes'
import { passwordProblem } from './password'
import { isRefusedState, useResetPassword } from './queries'
import { refusal } from './refusals'
import { TextLink } from './TextLink'
import { words } from './words'

export function ResetPassword() {
  const token = tokenIn(useLocation().hash)
  return (
    <AuthCard title={words.resetTitle} foot={<TextLink to="/sign-in">{words.backToSignIn}</TextLink>}>
      {token === undefined ? (
        <>
          <Text>{words.noToken}</Text>
          <TextLink to={paths.forgotPassword}>{words.askAgain}</TextLink>
        </>
      ) : (
        <ResetForm token={token} />
      )}
    </AuthCard>
  )
}

function ResetForm({ token }: { token: string }) {
  const navigate = useNavigate()
  const reset = useResetPassword()
  const form = useForm({
    mode: 'controlled',
    initialValues: { new_password: '' },
    validate: { new_password: (value) => passwordProblem(value) },
  })
  const submit = form.onSubmit(({ new_password }) =>
    reset.mutate(
      { token, new_password },
      {
        onSuccess: () => void navigate('/sign-in', { replace: true, ...withNote('reset') }),
        onError: (error) => form.setErrors(refusal(error, ['new_password'])),
      },
    ),
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormError>{form.errors['_']}</FormError>
        {isRefusedState(reset.error) && <TextLink to={paths.forgotPassword}>{words.askAgain}</TextLink>}
        <NewPasswordField
          label={words.newPassword}
          autoFocus
          maxLength={1000}
          {...form.getInputProps('new_password')}
        />
        <Button type="submit" loading={reset.isPending} fullWidth mt={4}>
          {words.setPassword}
        </Button>
      </Stack>
    </form>
  )
}
