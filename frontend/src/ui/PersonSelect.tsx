import { MultiSelect, Select, type SelectProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { peopleQuery } from '~/api/people'
import { words } from './words'

type Props = Omit<SelectProps, 'value' | 'onChange' | 'data'>

function usePeopleOptions() {
  const { data = [] } = useQuery(peopleQuery)
  return data.map((person) => ({ value: String(person.id), label: person.full_name }))
}

/** One active person, or nobody. `known` keeps a name that is no longer to be chosen (deactivated). */
export function PersonSelect({
  value,
  onChange,
  known,
  ...props
}: Props & {
  value: number | null
  onChange: (id: number | null) => void
  known?: { id: number; full_name: string } | null
}) {
  const options = usePeopleOptions()
  if (known && !options.some((option) => option.value === String(known.id)))
    options.unshift({ value: String(known.id), label: known.full_name })
  return (
    <Select
      searchable
      clearable
      placeholder={words.nobody}
      nothingFoundMessage={words.noPeople}
      {...props}
      data={options}
      value={value === null ? null : String(value)}
      onChange={(id) => onChange(id === null ? null : Number(id))}
    />
  )
}

export function PeopleSelect({
  value,
  onChange,
  known = [],
  ...props
}: Omit<Props, 'defaultValue'> & {
  value: number[]
  onChange: (ids: number[]) => void
  known?: readonly { id: number; full_name: string }[]
}) {
  const options = usePeopleOptions()
  for (const person of known)
    if (!options.some((option) => option.value === String(person.id)))
      options.unshift({ value: String(person.id), label: person.full_name })
  const { label, description, error, placeholder, required, disabled } = props
  return (
    <MultiSelect
      {...{ label, description, error, placeholder, required, disabled }}
      searchable
      hidePickedOptions
      nothingFoundMessage={words.noPeople}
      data={options}
      value={value.map(String)}
      onChange={(ids) => onChange(ids.map(Number))}
    />
  )
}
