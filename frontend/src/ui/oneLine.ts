const PREFIX = /^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ x]\]\s+)?|\d+[.)]\s+)*/i
const LINK = /!?\[([^\]]*)\]\([^)]*\)/g
const MARKS = /\*\*|__|~~|`/g
const EMPHASIS = /(^|[^\w*])[*_](\S(?:[^*_]*\S)?)[*_](?!\w)/g
/** Fences and rules say nothing. */
const SILENT = /^\s*(?:```.*|~~~.*|(?:[-*_]\s*){3,})$/

/** The first line of a Markdown text that says something, without its marks. */
export function oneLine(markdown: string): string {
  for (const line of markdown.split('\n')) {
    if (SILENT.test(line)) continue
    const text = line
      .replace(PREFIX, '')
      .replace(LINK, '$1')
      .replace(MARKS, '')
      .replace(EMPHASIS, '$1$2')
      .trim()
    if (text !== '') return text
  }
  return markdown.trim()
}
