import type { PasswordInputProps } from '@mantine/core'
import { passwordInWords } from './password'
import { PasswordField } from './PasswordField'

interface Props extends Omit<PasswordInputProps, 'autoComplete' | 'description' | 'value'> {
  value?: string
  email?: string
}

/** A password to choose: its strength stands under it in words. */
export function NewPasswordField({ email, ...props }: Props) {
  const inWords = passwordInWords(props.value ?? '', email)
  return (
    <PasswordField
      {...props}
      autoComplete="new-password"
      // Not twice: a refused form says the same as an error.
      description={props.error === inWords ? undefined : <span aria-live="polite">{inWords}</span>}
    />
  )
}
