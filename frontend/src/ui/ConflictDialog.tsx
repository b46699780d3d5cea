import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import classes from './ConflictDialog.module.css'
import { same } from './forms'
import type { Conflict } from './useVersionedSave'
import { words } from './words'

type Choice = 'mine' | 'theirs'

interface Props<V> {
  conflict: Conflict<V>
  /** Each field's name, and how its value is shown. */
  fields: { [K in keyof V]: { label: string; show?: (value: V[K]) => ReactNode } }
  onSave: (values: V) => void
  onCancel: () => void
  saving: boolean
}

/** Both versions side by side; one chooses for each field that differs, then saves. */
export function ConflictDialog<V extends object>({ conflict, fields, onSave, onCancel, saving }: Props<V>) {
  const { base, mine, theirs } = conflict
  const names = (Object.keys(fields) as (keyof V & string)[]).filter(
    (name) => !same(mine[name], theirs[name]),
  )
  const [chosen, setChosen] = useState<Partial<Record<keyof V, Choice>>>({})
  // What only they changed is theirs, unless one says otherwise.
  const choice = (name: keyof V): Choice => chosen[name] ?? (same(mine[name], base[name]) ? 'theirs' : 'mine')
  const result = () => {
    const values = { ...theirs }
    for (const name of names) if (choice(name) === 'mine') values[name] = mine[name]
    return values
  }
  return (
    <Modal opened onClose={onCancel} title={words.conflict} size="xl">
      <Stack>
        <Text>{words.conflictText}</Text>
        {names.map((name) => (
          <Radio.Group
            key={name}
            label={fields[name].label}
            value={choice(name)}
            onChange={(value) => setChosen({ ...chosen, [name]: value })}
          >
            <div className={classes.sides}>
              {(['mine', 'theirs'] as const).map((side) => (
                <Radio.Card
                  key={side}
                  value={side}
                  className={classes.side}
                  aria-label={`${fields[name].label}: ${words[side]}`}
                >
                  <Group gap="xs" mb={4}>
                    <Radio.Indicator size="xs" />
                    <Text span fw={600} size="sm">
                      {words[side]}
                    </Text>
                  </Group>
                  <div className={classes.value}>
                    {shown(fields[name].show, (side === 'mine' ? mine : theirs)[name])}
                  </div>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {words.cancel}
          </Button>
          <Button loading={saving} onClick={() => onSave(result())}>
            {words.saveChoice}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function shown<T>(show: ((value: T) => ReactNode) | undefined, value: T): ReactNode {
  if (show) return show(value)
  if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : words.empty
  return value === null || value === '' ? words.empty : String(value)
}
