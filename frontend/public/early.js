// What can't wait for the application. A file: the CSP allows no inline script.
;(() => {
  // Before the first paint, so that a dark page does not flash white.
  let wanted = null
  try {
    wanted = localStorage.getItem('mantine-color-scheme-value')
  } catch {
    // Storage is switched off: follow the system.
  }
  const dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')

  // While the application is on its way: src/api/session.ts takes the answer. Sign-in sets this cookie too.
  if (document.cookie.includes('csrf_access_token=')) window.earlyMe = fetch('/api/users/me')
})()
