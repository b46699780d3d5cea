import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { isStatus } from '~/api/errors'
import {
  type ForgottenPasswordIn,
  type PasswordChangeIn,
  type PasswordResetIn,
  patchMe,
  postForgottenPassword,
  postOwnPassword,
  postPasswordReset,
  postRegistration,
  postSignIn,
  type PostSignInData,
  type RegistrationIn,
} from '~/api/generated'
import { forgetRecent } from '~/ui/recent'

/** Nothing of somebody who used this page before stays. */
function forgetOthers(queryClient: QueryClient) {
  queryClient.clear()
  forgetRecent()
}

type Credentials = PostSignInData['body']

/** The answer sets the session's cookies; the shell then asks who one is. */
export function useSignIn() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Credentials) => postSignIn({ body }),
    onSuccess: () => forgetOthers(queryClient),
  })
}

/** Made, but not signed in: the account is there, so that trying again would say that the e-mail is taken. */
export class OnlyRegistered extends Error {}

interface Joining extends RegistrationIn {
  /** The same for the same form: sent twice it creates once. */
  key: string
}

/** Registers, signs in, and tells the server the browser's time zone. */
export function useRegister() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ key, ...body }: Joining) => {
      await postRegistration({ body, headers: { 'Idempotency-Key': key } })
      try {
        await postSignIn({ body: { email: body.email, password: body.password } })
      } catch {
        throw new OnlyRegistered()
      }
      await tellTimeZone()
    },
    onSuccess: () => forgetOthers(queryClient),
  })
}

async function tellTimeZone() {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  if (!timeZone || timeZone === 'UTC') return // the server's own default
  try {
    await patchMe({ body: { timezone: timeZone } })
  } catch {
    // The server knows other zones than this browser, or is busy: the profile has a field for it.
  }
}

export const useForgottenPassword = () =>
  useMutation({ mutationFn: (body: ForgottenPasswordIn) => postForgottenPassword({ body }) })

export function useResetPassword() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: PasswordResetIn) => postPasswordReset({ body }),
    // Every session has ended, also one that this browser may have had.
    onSuccess: () => queryClient.clear(),
  })
}

export const useChangePassword = () =>
  useMutation({ mutationFn: (body: PasswordChangeIn) => postOwnPassword({ body }) })

/** 400: the link or the current password does not allow it. */
export const isRefusedState = (error: unknown) => isStatus(error, 400)
