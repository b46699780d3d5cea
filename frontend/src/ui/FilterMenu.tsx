import {
  Button,
  CloseButton,
  Group,
  MultiSelect,
  Popover,
  Select,
  Stack,
  TagsInput,
  Text,
  VisuallyHidden,
} from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { useQuery } from '@tanstack/react-query'
import { IconFilter } from '@tabler/icons-react'
import { peopleQuery } from '~/api/people'
import classes from './FilterMenu.module.css'
import { PersonSelect } from './PersonSelect'
import { day } from './time'
import { type Filters, useFilters } from './useFilters'
import { words } from './words'

export type FilterSpec =
  | { kind: 'words'; name: string; label: string; options: Record<string, string> }
  | { kind: 'word'; name: string; label: string; options: Record<string, string> }
  | { kind: 'person'; name: string; label: string }
  | { kind: 'day'; name: string; label: string }
  | { kind: 'tags'; name: string; label: string; max?: number }

export const daySpecs: FilterSpec[] = [
  { kind: 'day', name: 'start_date', label: words.from },
  { kind: 'day', name: 'end_date', label: words.to },
]

const isActive = (filters: Filters, spec: FilterSpec) => filters.text(spec.name) !== undefined

/** Everything that narrows a list, behind one button with a dot and the number of what is set. */
export function FilterMenu({ specs }: { specs: FilterSpec[] }) {
  const filters = useFilters()
  const count = specs.filter((spec) => isActive(filters, spec)).length
  return (
    <Popover position="bottom-start" shadow="md" trapFocus width={300} withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          rightSection={
            count > 0 && (
              <span className={classes.count} aria-hidden>
                {count}
              </span>
            )
          }
        >
          <span aria-hidden>{words.filters}</span>
          <VisuallyHidden>{count > 0 ? words.activeFilters(count) : words.filters}</VisuallyHidden>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.filters}>
        <Stack gap="sm">
          {specs.map((spec) => (
            <Field key={spec.name} spec={spec} filters={filters} />
          ))}
          <ClearAll specs={specs} filters={filters} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function ClearAll({ specs, filters }: { specs: FilterSpec[]; filters: Filters }) {
  const none = !specs.some((spec) => isActive(filters, spec))
  return (
    <Button
      variant="subtle"
      disabled={none}
      onClick={() => filters.set(Object.fromEntries(specs.map((spec) => [spec.name, null])))}
    >
      {words.clearAll}
    </Button>
  )
}

function Field({ spec, filters }: { spec: FilterSpec; filters: Filters }) {
  const value = filters.text(spec.name)
  const set = (text: string | null) => filters.set({ [spec.name]: text })
  const popover = { comboboxProps: { withinPortal: false } }
  switch (spec.kind) {
    case 'words':
      return (
        <MultiSelect
          label={spec.label}
          data={Object.entries(spec.options).map(([key, label]) => ({ value: key, label }))}
          value={value === undefined ? [] : value.split(',').filter((word) => word in spec.options)}
          onChange={(chosen) => set(chosen.join(','))}
          clearable
          {...popover}
        />
      )
    case 'word':
      return (
        <Select
          label={spec.label}
          data={Object.entries(spec.options).map(([key, label]) => ({ value: key, label }))}
          value={value ?? null}
          onChange={set}
          clearable
          allowDeselect
          {...popover}
        />
      )
    case 'person':
      return (
        <PersonSelect
          label={spec.label}
          placeholder={words.anybody}
          value={filters.number(spec.name) ?? null}
          onChange={(id) => set(id === null ? null : String(id))}
          {...popover}
        />
      )
    case 'day':
      return (
        <DateInput
          label={spec.label}
          value={filters.day(spec.name) ?? null}
          onChange={set}
          valueFormat="YYYY-MM-DD"
          placeholder="YYYY-MM-DD"
          clearable
          clearButtonProps={{ 'aria-label': words.removeFilter(spec.label) }}
          popoverProps={{ withinPortal: false }}
        />
      )
    case 'tags':
      return (
        <TagsInput
          label={spec.label}
          value={value === undefined ? [] : value.split(',')}
          // Of more than there may be, those that came last stay.
          onChange={(tags) => set(tags.slice(-(spec.max ?? tags.length)).join(','))}
          {...popover}
        />
      )
  }
}

/** What is set, one chip each. */
export function FilterChips({ specs }: { specs: FilterSpec[] }) {
  const filters = useFilters()
  const { data: people = [] } = useQuery({
    ...peopleQuery,
    enabled: specs.some((spec) => spec.kind === 'person'),
  })
  const active = specs.filter((spec) => isActive(filters, spec))
  if (active.length === 0) return null
  const shown = (spec: FilterSpec, value: string): string => {
    if (spec.kind === 'words' || spec.kind === 'word')
      return value
        .split(',')
        .map((word) => spec.options[word] ?? word)
        .join(', ')
    if (spec.kind === 'person')
      return people.find((person) => String(person.id) === value)?.full_name ?? value
    return spec.kind === 'day' ? day(value) : value.replaceAll(',', ', ')
  }
  return (
    <Group gap={6} mb="sm">
      {active.map((spec) => (
        <span key={spec.name} className={classes.chip}>
          <Text span size="xs">
            {spec.label}: <b>{shown(spec, filters.text(spec.name) ?? '')}</b>
          </Text>
          <CloseButton
            size="xs"
            aria-label={words.removeFilter(spec.label)}
            onClick={() => filters.set({ [spec.name]: null })}
          />
        </span>
      ))}
      <ClearAll specs={specs} filters={filters} />
    </Group>
  )
}
