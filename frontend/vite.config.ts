import react from '@vitejs/plugin-react'
import { constants } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { compression, defineAlgorithm } from 'vite-plugin-compression2'
import { defineConfig } from 'vitest/config'

const server = `http://127.0.0.1:${process.env['API_PORT'] ?? '8000'}`

export default defineConfig({
  plugins: [
    react(),
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
