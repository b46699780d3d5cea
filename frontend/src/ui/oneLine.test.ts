import { expect, it } from 'vitest'
import { oneLine } from './oneLine'

it.each([
  ['Waiting for a key', 'Waiting for a key'],
  ['\n\n## Waiting for **a key**\nmore', 'Waiting for a key'],
  ['- [ ] ask `ops` _now_', 'ask ops now'],
  ['> 1. see [the ticket](https://example.org/1)', 'see the ticket'],
  ['```sh\nmake up\n```', 'make up'],
  ['keep snake_case_names and 2 * 3 * 4', 'keep snake_case_names and 2 * 3 * 4'],
  ['---', '---'],
])('of %j is %j', (markdown, line) => {
  expect(oneLine(markdown)).toBe(line)
})
