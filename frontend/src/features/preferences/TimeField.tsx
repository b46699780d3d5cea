import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { words } from './words'

interface Props {
  label: string
  value: string
  /** Only with another time than `value`. */
  onSave: (time: string) => void
  /** Why a time can't be. */
  check?: (time: string) => string | null
}

/** A time of day, saved when one leaves the field or presses Enter. */
export function TimeField({ label, value, onSave, check }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const save = () => {
    if (typed === null) return
    const problem = typed === '' ? words.noTime : (check?.(typed) ?? null)
    setError(problem)
    if (problem !== null) return
    setTyped(null)
    if (typed !== value) onSave(typed)
  }
  return (
    <TextInput
      type="time"
      label={label}
      w={130}
      value={typed ?? value}
      error={error}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
