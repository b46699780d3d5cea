export { SignIn as Page } from '~/features/session/SignIn'
