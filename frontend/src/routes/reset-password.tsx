export { ResetPassword as Page } from '~/features/session/ResetPassword'
