const MARKS = /<mark>(.*?)<\/mark>/s
const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&#34;': '"',
}

const unescape = (text: string) =>
  text.replace(/&(?:amp|lt|gt|quot|#39|#x27|#34);/g, (entity) => ENTITIES[entity] ?? entity)

/** A passage from the search: escaped text in which only `<mark>` is markup. It becomes text and elements, never HTML. */
export function Highlight({ passage }: { passage: string }) {
  return passage
    .split(MARKS)
    .map((part, index) => (index % 2 === 1 ? <mark key={index}>{unescape(part)}</mark> : unescape(part)))
}
