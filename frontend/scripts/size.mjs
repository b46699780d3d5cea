// The first load: the entry, what it imports at once, and its style. Fails above the budget.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const BUDGET_KB = 240
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const files = new Set()
const add = (name) => {
  const chunk = manifest[name]
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  ;(chunk.imports ?? []).forEach(add)
}
add('index.html')

const read = (file) => readFileSync(new URL(file, dist))
const kb = (compress) => [...files].reduce((sum, file) => sum + compress(read(file)).length, 0) / 1000
const gzip = kb((bytes) => gzipSync(bytes, { level: 9 }))
console.log(
  `First load: ${files.size} scripts, ${gzip.toFixed(1)} kB gzip, ${kb(brotliCompressSync).toFixed(1)} kB brotli ` +
    `(at most ${BUDGET_KB} kB gzip)`,
)
if (gzip > BUDGET_KB) process.exit(1)
