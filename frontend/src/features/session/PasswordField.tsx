import { PasswordInput, type PasswordInputProps, Text } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { words } from './words'

interface Props extends Omit<PasswordInputProps, 'autoComplete'> {
  autoComplete: 'current-password' | 'new-password'
}

/** A password that can be shown, with a hint while Caps Lock is on. */
export function PasswordField({ description, ...props }: Props) {
  const [shown, setShown] = useState(false)
  const [capsLock, setCapsLock] = useState(false)
  // Browsers that fill in passwords send key events without modifiers.
  const look = (event: KeyboardEvent) =>
    setCapsLock(typeof event.getModifierState === 'function' && event.getModifierState('CapsLock'))
  return (
    <div>
      <PasswordInput
        {...props}
        description={description}
        aria-invalid={Boolean(props.error) || undefined}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        visible={shown}
        onVisibilityChange={setShown}
        visibilityToggleFocusable
        visibilityToggleButtonProps={{
          'aria-label': shown ? words.hidePassword : words.showPassword,
        }}
        spellCheck={false}
        autoCapitalize="none"
        onKeyDown={look}
        onKeyUp={look}
        onBlur={(event) => {
          setCapsLock(false)
          props.onBlur?.(event)
        }}
      />
      <Text size="xs" c="var(--warn)" mt={capsLock ? 4 : 0} role="status">
        {capsLock && words.capsLock}
      </Text>
    </div>
  )
}
