import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import {
  incidentChoicesQuery,
  linkedIncidentQuery,
  linkedUpdateQuery,
  type Titled,
  updateChoicesQuery,
} from './queries'
import { words } from './words'

const SOURCES = {
  incident: {
    label: words.linkedIncident,
    placeholder: words.findIncident,
    number: words.incident,
    choices: incidentChoicesQuery,
    one: linkedIncidentQuery,
  },
  update: {
    label: words.linkedUpdate,
    placeholder: words.findUpdate,
    number: words.update,
    choices: updateChoicesQuery,
    one: linkedUpdateQuery,
  },
} as const

interface Props {
  kind: keyof typeof SOURCES
  value: number | null
  onChange: (id: number | null) => void
  error?: ReactNode
}

/** One incident or update, searched by the server as one types. */
export function RecordSelect({ kind, value, onChange, error }: Props) {
  const { label, placeholder, number, choices, one } = SOURCES[kind]
  const [typed, setTyped] = useState('')
  const { data: chosen } = useQuery({ ...one(value ?? 0), enabled: value !== null })
  const option = ({ id, title }: Titled) => ({ value: String(id), label: `${number(id)} ${title}` })
  const known =
    value === null ? null : chosen ? option(chosen) : { value: String(value), label: number(value) }

  // What stands in the field after a choice is its label, not a question.
  const question = typed === known?.label ? '' : typed.trim()
  const [search] = useDebouncedValue(question, 200)
  const { data: found = [], isFetching } = useQuery({
    ...choices(search),
    placeholderData: (before: Titled[] | undefined) => before,
  })
  const options = found.map(option)
  if (known !== null && !options.some((choice) => choice.value === known.value)) options.unshift(known)

  return (
    <Select
      label={label}
      placeholder={placeholder}
      searchable
      clearable
      data={options}
      filter={({ options: all }) => all}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={isFetching ? words.searching : words.noMatch}
      value={known?.value ?? null}
      onChange={(id) => onChange(id === null ? null : Number(id))}
      error={error}
      flex={1}
      miw={200}
    />
  )
}
