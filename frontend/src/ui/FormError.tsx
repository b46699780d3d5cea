import { Alert } from '@mantine/core'
import type { ReactNode } from 'react'

/** What is wrong with a form as a whole. */
export const FormError = ({ children }: { children: ReactNode }) =>
  children === undefined || children === null || children === '' ? null : (
    <Alert color="red" variant="light" role="alert" styles={{ message: { color: 'var(--bad)' } }}>
      {children}
    </Alert>
  )
