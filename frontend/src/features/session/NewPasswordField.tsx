import type { PasswordInputProps } from '@mantine/core'
import { passwordInWords } from './password'
import { PasswordField } from './PasswordField'

interface Props extends Omit<PasswordInputProps, 'autoComplete' | 'description' | 'value'> {
  value?: string
  email?: string
}

/** A password to choose: its strength stands under it in words. */
export const NewPasswordField = ({ email, ...props }: Props) => (
  <PasswordField
    {...props}
    autoComplete="new-password"
    description={<span aria-live="polite">{passwordInWords(props.value ?? '', email)}</span>}
  />
)
