import { Popover } from '@mantine/core'
import type { UserToPick } from '~/api/generated'
import { PersonAvatar } from '~/ui/Person'
import classes from './Editor.module.css'
import { words } from './words'

interface Props {
  id: string
  people: readonly UserToPick[]
  active: number
  point: { left: number; top: number } | undefined
  onChoose: (person: UserToPick) => void
  onPoint: (index: number) => void
}

export const optionId = (id: string, index: number) => `${id}-${index}`

/** The people that an @ may mean, under it. The focus stays in the text, which tells where the list is. */
export function Suggestions({ id, people, active, point, onChoose, onPoint }: Props) {
  return (
    <Popover
      opened={people.length > 0}
      position="bottom-start"
      offset={4}
      withRoles={false}
      hideDetached={false}
      shadow="md"
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <span className={classes.anchor} style={point} aria-hidden />
      </Popover.Target>
      <Popover.Dropdown p={4}>
        <div id={id} role="listbox" aria-label={words.people}>
          {people.map((person, index) => (
            <div
              key={person.id}
              id={optionId(id, index)}
              role="option"
              aria-selected={index === active}
              className={classes.option}
              onMouseDown={(event) => event.preventDefault()} // the text keeps the focus
              onMouseMove={() => onPoint(index)}
              onClick={() => onChoose(person)}
            >
              <PersonAvatar person={person} size={20} />
              <span>{person.full_name}</span>
              <span className={classes.handle}>{person.mention}</span>
            </div>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
