import { Alert, Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { FormError } from '~/ui/FormError'
import { withNote } from './notes'
import { NewPasswordField } from './NewPasswordField'
import { passwordProblem } from './password'
import { OnlyRegistered, useRegister } from './queries'
import { refusal } from './refusals'
import { words } from './words'

const notBlank = (value: string) => (value.trim() === '' ? words.blank : null)
const newKey = () => crypto.randomUUID()

/** `token`: of an invitation. `already`: who is signed in on this browser. */
export function RegisterForm({ token, already }: { token?: string; already?: string }) {
  const navigate = useNavigate()
  const register = useRegister()
  const form = useForm({
    mode: 'controlled',
    initialValues: { full_name: '', email: '', password: '' },
    validate: {
      full_name: notBlank,
      email: notBlank,
      password: (value, { email }) => passwordProblem(value, email),
    },
  })
  const [sent, setSent] = useState({ body: '', key: newKey() })
  const submit = form.onSubmit((values) => {
    // Sent again unchanged (an answer that was lost): the same key, so that it is one account.
    const body = JSON.stringify(values)
    const key = sent.body === '' || sent.body === body ? sent.key : newKey()
    setSent({ body, key })
    register.mutate(
      { ...values, key, ...(token === undefined ? {} : { invitation_token: token }) },
      {
        onSuccess: () => void navigate('/', { replace: true }),
        onError: (error) => {
          if (error instanceof OnlyRegistered)
            void navigate('/sign-in', { replace: true, ...withNote('registered') })
          else form.setErrors(refusal(error, ['full_name', 'email', 'password']))
        },
      },
    )
  })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {already !== undefined ? (
          <Alert variant="light" p="sm" role="note">
            {words.alreadyIn(already)}
          </Alert>
        ) : (
          token !== undefined && (
            <Alert variant="light" p="sm" role="note">
              {words.invited}
            </Alert>
          )
        )}
        <FormError>{form.errors['_']}</FormError>
        <TextInput
          label={words.fullName}
          autoComplete="name"
          autoFocus
          maxLength={255}
          {...form.getInputProps('full_name')}
        />
        <TextInput
          label={words.email}
          type="email"
          autoComplete="email"
          maxLength={255}
          {...form.getInputProps('email')}
        />
        <NewPasswordField
          label={words.password}
          email={form.values.email}
          maxLength={1000}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={register.isPending} fullWidth mt={4}>
          {words.register}
        </Button>
      </Stack>
    </form>
  )
}
