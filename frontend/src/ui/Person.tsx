import { Avatar, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { words } from './words'

interface Named {
  readonly id: number
  readonly full_name: string
  readonly is_active?: boolean
}

const COLORS = ['accent', 'teal', 'grape', 'orange', 'cyan', 'pink', 'green', 'violet']
// Mantine's shades 9 differ in darkness; mixed with black each has 4.5:1 on its shade 1.
const ink = (color: string) => `color-mix(in srgb, var(--mantine-color-${color}-9) 80%, black)`

export const initials = (name: string): string => {
  const parts = name.trim().split(/\s+/)
  const last = parts.length > 1 ? (parts.at(-1) ?? '') : ''
  return [parts[0] ?? '', last]
    .map((part) => Array.from(part)[0] ?? '')
    .join('')
    .toUpperCase()
}

export function PersonAvatar({ person, size = 24 }: { person: Named; size?: number }) {
  const color = COLORS[person.id % COLORS.length] ?? 'accent'
  return (
    <Avatar
      size={size}
      radius="xl"
      aria-hidden
      styles={{
        placeholder: {
          fontSize: Math.round(size * 0.42),
          fontWeight: 650,
          background: `light-dark(var(--mantine-color-${color}-1), ${ink(color)})`,
          color: `light-dark(${ink(color)}, var(--mantine-color-${color}-1))`,
        },
      }}
    >
      {initials(person.full_name)}
    </Avatar>
  )
}

/** A coloured initials avatar and the name; null: nobody. */
export function Person({
  person,
  size = 20,
  after,
}: {
  person: Named | null
  size?: number
  after?: ReactNode
}) {
  if (person === null)
    return (
      <Text span inherit c="dimmed">
        {words.nobody}
      </Text>
    )
  return (
    <Group
      component="span"
      gap={6}
      wrap="nowrap"
      style={{ minWidth: 0, maxWidth: '100%', display: 'inline-flex' }}
    >
      <PersonAvatar person={person} size={size} />
      <Text span inherit truncate>
        {person.full_name}
        {person.is_active === false && ` (${words.inactive})`}
      </Text>
      {after}
    </Group>
  )
}
