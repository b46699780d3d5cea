import { say, sayFailure } from './notify'
import { words } from './words'

/** Into the clipboard; where the browser refuses (no HTTPS), it says so. */
export async function copyText(text: string, done: string) {
  try {
    await navigator.clipboard.writeText(text)
    say(done)
  } catch {
    sayFailure(new Error(words.noClipboard))
  }
}

export const copyLink = (path: string) =>
  copyText(new URL(path, window.location.origin).href, words.linkCopied)
