import { expect, it } from 'vitest'
import { passwordInWords, passwordProblem, strengthOf } from './password'

it.each([
  ['', 'Too short: 8 more characters.'],
  ['abcdef1', 'Too short: one more character.'],
  ['12345678', 'A letter is missing.'],
  ['abcdefgh', 'A digit is missing.'],
  [`a1${'ü'.repeat(36)}`, 'Too long: at most 72 bytes.'],
  ['Ada1@example.org', 'It must not be your e-mail address.'],
])('refuses %j as the server does', (password, problem) => {
  expect(passwordProblem(password, 'ada1@EXAMPLE.org')).toBe(problem)
})

it.each(['abcdefg1', 'ñandúes١٢', `a1${'ü'.repeat(35)}`])('lets %j through', (password) => {
  expect(passwordProblem(password, 'ada@example.org')).toBeNull()
})

it.each([
  ['aaaaaaa1', 'weak'],
  ['password1', 'weak'],
  ['rain7boat', 'fair'],
  ['rain7boat-lamp', 'strong'],
] as const)('calls %j %s', (password, strength) => {
  expect(strengthOf(password)).toBe(strength)
})

it('tells the rules before anything is typed', () => {
  expect(passwordInWords('')).toBe('At least 8 characters, with a letter and a digit.')
})
