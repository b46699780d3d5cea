export { Register as Page } from '~/features/session/Register'
