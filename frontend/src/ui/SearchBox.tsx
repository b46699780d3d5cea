import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useKeys } from './keys'
import { useFilters } from './useFilters'
import { words } from './words'

/** Searches as one types; `/` jumps here. */
export function SearchBox({
  label,
  name = 'search',
  width = 260,
}: {
  label: string
  name?: string
  width?: number | string
}) {
  const { text, set } = useFilters()
  const inUrl = text(name) ?? ''
  const [typed, setTyped] = useState(inUrl)
  const [seen, setSeen] = useState(inUrl)
  const input = useRef<HTMLInputElement>(null)
  const apply = useDebouncedCallback((value: string) => set({ [name]: value.trim() }), 250)
  useKeys({ '/': () => input.current?.focus() })
  if (seen !== inUrl) {
    // Changed elsewhere: back, a chip, Clear all.
    setSeen(inUrl)
    if (typed.trim() !== inUrl) setTyped(inUrl)
  }
  const change = (value: string) => {
    setTyped(value)
    apply(value)
  }
  return (
    <TextInput
      ref={input}
      type="search"
      aria-label={label}
      placeholder={label}
      w={width}
      maxLength={200}
      value={typed}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed !== '' && <CloseButton size="sm" aria-label={words.clearAll} onClick={() => change('')} />
      }
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') set({ [name]: typed.trim() })
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}
