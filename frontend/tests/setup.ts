import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { notifications } from '@mantine/notifications'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import '~/api/http'
import { client } from '~/api/generated/client.gen'
import { server } from './server'

// Node's fetch wants whole addresses.
client.setConfig({ baseUrl: window.location.origin })

// What jsdom lacks and Mantine asks for.
vi.stubGlobal('matchMedia', (query: string): Partial<MediaQueryList> => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}))
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {
      return undefined
    }
    unobserve() {
      return undefined
    }
    disconnect() {
      return undefined
    }
  },
)
window.scrollTo = () => undefined
Element.prototype.scrollIntoView = () => undefined
Object.defineProperty(document, 'fonts', {
  value: { addEventListener: () => undefined, removeEventListener: () => undefined },
})

configure({ asyncUtilTimeout: 5_000 }) // a busy machine is no failure

beforeEach(() => {
  document.cookie = 'csrf_access_token=of-a-session'
})
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => {
  cleanup()
  notifications.clean()
  server.resetHandlers()
  localStorage.clear()
  sessionStorage.clear()
})
afterAll(() => server.close())
