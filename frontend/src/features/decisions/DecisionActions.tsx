import { Button, Menu } from '@mantine/core'
import { IconEdit, IconFileText, IconHistory, IconLink, IconPrinter, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { ActionMenu } from '~/ui/ActionMenu'
import { ConfirmDelete } from '~/ui/ConfirmDelete'
import { copyLink } from '~/ui/copy'
import { say, sayFailure } from '~/ui/notify'
import { pathOf } from '~/ui/paths'
import { words as uiWords } from '~/ui/words'
import { useDeleteDecision } from './queries'
import { words } from './words'

interface Props {
  id: number
  mayChange: boolean
  /** Whether the history stands in the place of the text. */
  history: boolean
  onHistory: (on: boolean) => void
  onEdit: () => void
}

export function DecisionActions({ id, mayChange, history, onHistory, onEdit }: Props) {
  const remove = useDeleteDecision(id, () => say(words.deleted))
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={history ? <IconFileText size={16} aria-hidden /> : <IconHistory size={16} aria-hidden />}
        onClick={() => onHistory(!history)}
      >
        {history ? words.backToText : words.history}
      </Button>
      {mayChange && (
        <Button variant="default" leftSection={<IconEdit size={16} aria-hidden />} onClick={onEdit}>
          {uiWords.edit}
        </Button>
      )}
      <ActionMenu>
        <Menu.Item
          leftSection={<IconLink size={16} aria-hidden />}
          onClick={() => void copyLink(pathOf.decision(id))}
        >
          {words.copyLink}
        </Menu.Item>
        <Menu.Item leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
          {words.print}
        </Menu.Item>
        {mayChange && (
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAsking(true)}>
            {uiWords.remove}
          </Menu.Item>
        )}
      </ActionMenu>
      <ConfirmDelete
        opened={asking}
        onClose={() => setAsking(false)}
        pending={remove.isPending}
        text={words.deleteText}
        onConfirm={() =>
          remove.mutate(undefined, {
            onError: (error) => {
              setAsking(false)
              sayFailure(error)
            },
          })
        }
      />
    </>
  )
}
