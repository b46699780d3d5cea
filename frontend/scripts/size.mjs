// The first load: the scripts that the start page names, and its styles. Fails when the scripts are above the budget.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const BUDGET_KB = 240
const dist = new URL('../dist/', import.meta.url)
const page = readFileSync(new URL('index.html', dist), 'utf8')
const named = (kind) =>
  [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)]
    .map(([, file]) => file)
    .filter((file) => file.endsWith(kind))

const read = (file) => readFileSync(new URL(file, dist))
const kb = (files, compress) => files.reduce((sum, file) => sum + compress(read(file)).length, 0) / 1000
const gzip = (files) => kb(files, (bytes) => gzipSync(bytes, { level: 9 }))

const scripts = named('.js')
console.log(
  `First load: ${scripts.length} scripts, ${gzip(scripts).toFixed(1)} kB gzip (at most ${BUDGET_KB} kB), ` +
    `${kb(scripts, brotliCompressSync).toFixed(1)} kB brotli; styles ${gzip(named('.css')).toFixed(1)} kB gzip`,
)
if (scripts.length === 0 || gzip(scripts) > BUDGET_KB) process.exit(1)
