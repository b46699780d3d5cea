export { ForgotPassword as Page } from '~/features/session/ForgotPassword'
