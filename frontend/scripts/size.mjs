// The first load: the scripts and styles that the start page names. Fails above the budget.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const BUDGET_KB = 310
const dist = new URL('../dist/', import.meta.url)
const page = readFileSync(new URL('index.html', dist), 'utf8')
const files = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file)

const read = (file) => readFileSync(new URL(file, dist))
const kb = (compress) => files.reduce((sum, file) => sum + compress(read(file)).length, 0) / 1000
const gzip = kb((bytes) => gzipSync(bytes, { level: 9 }))
console.log(
  `First load: ${files.length} files, ${gzip.toFixed(1)} kB gzip, ${kb(brotliCompressSync).toFixed(1)} kB brotli ` +
    `(at most ${BUDGET_KB} kB gzip)`,
)
if (files.length === 0 || gzip > BUDGET_KB) process.exit(1)
