import { defineConfig } from '@hey-api/openapi-ts'

// `make client` writes openapi.json from the running code; CLIENT_OUTPUT is for the check that compares.
export default defineConfig({
  input: 'openapi.json',
  logs: { file: false },
  output: { path: process.env['CLIENT_OUTPUT'] ?? 'src/api/generated', clean: true },
  plugins: [{ name: '@hey-api/client-fetch', throwOnError: true }, '@hey-api/typescript', '@hey-api/sdk'],
})
