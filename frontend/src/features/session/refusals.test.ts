import { expect, it } from 'vitest'
import { ApiError } from '~/api/errors'
import { signInRefusal, waitInWords } from './refusals'

it.each([
  [undefined, 'later'],
  [1, 'in a second'],
  [40, 'in 40 seconds'],
  [60, 'in a minute'],
  [61, 'in 2 minutes'],
  [3600, 'in an hour'],
  [3601, 'in 2 hours'],
])('says %s seconds as %j', (seconds, text) => {
  expect(waitInWords(seconds)).toBe(text)
})

it('shows what the server said of a field under that field', () => {
  const error = new ApiError(422, { errors: { email: ['Too long.'], other: ['Odd.'] } })

  expect(signInRefusal(error, ['email', 'password'])).toEqual({ email: 'Too long.', _: 'Odd.' })
})
