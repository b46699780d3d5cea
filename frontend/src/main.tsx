import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.layer.css'
import '@mantine/dates/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './app/theme.css'
import './api/http'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isSignedOut } from './api/errors'
import { App } from './app/App'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html lacks #root')
createRoot(root, {
  onRecoverableError: (error) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    // A page that was being drawn when the session ended has made way for the sign-in page.
    if (!isSignedOut(cause)) reportError(cause)
  },
}).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
