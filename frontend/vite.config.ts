import react from '@vitejs/plugin-react'
import { constants } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { compression, defineAlgorithm } from 'vite-plugin-compression2'
import { defineConfig } from 'vitest/config'

const server = `http://127.0.0.1:${process.env['API_PORT'] ?? '8000'}`

// Every page wants them, and would otherwise ask for them only when the start script has run.
const preloadShared: Plugin = {
  name: 'preload-shared',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => /\/shared-[\w-]+\.(js|css)$/.test(file))
        .map((file) => ({
          tag: 'link',
          attrs: {
            rel: file.endsWith('.css') ? 'stylesheet' : 'modulepreload',
            crossorigin: true,
            href: `/${file}`,
          },
          injectTo: 'head',
        })),
  },
}

export default defineConfig({
  plugins: [
    react(),
    preloadShared,
    // What is served is compressed once, here, as well as it goes.
    compression({
      include: /\.(js|css|html|svg|json)$/,
      threshold: 1024,
      algorithms: [
        defineAlgorithm('gzip', { level: 9 }),
        defineAlgorithm('brotliCompress', { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
      ],
    }),
  ],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    manifest: true,
    // Small images and fonts stay files: the CSP allows fonts from here alone.
    assetsInlineLimit: 0,
    // Few files: each costs a round trip, six at a time. What ten pages share comes at once; scripts/size.mjs bounds it.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'] },
            { name: 'shared', minShareCount: 10 },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: Number(process.env['VITE_PORT'] ?? 5173),
    strictPort: true,
    // Other pages under /admin are the application's own. The server wants to see the Host that the browser named:
    // it compares it with the Origin.
    proxy: Object.fromEntries(
      ['/api', '/admin/jobs', '/healthz', '/readyz'].map((path) => [
        path,
        { target: server, changeOrigin: false },
      ]),
    ),
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./tests/setup.ts'],
    include: ['src/**/*.test.tsx', 'src/**/*.test.ts'],
    css: false,
    testTimeout: 20_000,
  },
})
