import { Anchor, Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { isStatus, sentence } from '~/api/errors'
import type { User } from '~/api/generated'
import { useMe } from '~/api/session'
import type { Versioned } from '~/api/versioned'
import { ConflictDialog } from '~/ui/ConflictDialog'
import { FormError } from '~/ui/FormError'
import { fieldErrors } from '~/ui/forms'
import { say } from '~/ui/notify'
import { Panel } from '~/ui/Panel'
import { useVersionedSave } from '~/ui/useVersionedSave'
import { words as uiWords } from '~/ui/words'
import { useProfile } from './queries'
import { words } from './words'
import { browserZone, zoneInWords, zoneOptions } from './zones'

type Values = Pick<User, 'full_name' | 'email' | 'timezone'>

const FIELDS = ['full_name', 'email', 'timezone']
const valuesOf = ({ full_name, email, timezone }: User): Values => ({ full_name, email, timezone })
const notBlank = (value: string) => (value.trim() === '' ? words.blank : null)

const errorsOf = (error: unknown) =>
  isStatus(error, 409) ? { email: `${sentence(error)}.` } : fieldErrors(error, FIELDS)

/** After each save it begins anew, from what was saved. */
export function ProfilePanel() {
  const [saves, setSaves] = useState(0)
  const me = useMe()
  return (
    <Panel title={words.about}>
      <ProfileForm key={saves} me={me} again={saves > 0} onSaved={() => setSaves(saves + 1)} />
    </Panel>
  )
}

interface Props {
  me: Versioned<User>
  /** The focus stays where it was: on the button. */
  again: boolean
  onSaved: () => void
}

function ProfileForm({ me, again, onSaved }: Props) {
  const { send, reload } = useProfile()
  const versioned = useVersionedSave<Versioned<User>, Values>({
    record: me,
    valuesOf,
    send,
    reload,
    onSaved: () => {
      say(words.saved)
      onSaved()
    },
    onError: (error) => form.setErrors(errorsOf(error)),
  })
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: versioned.initial,
    validate: { full_name: notBlank, email: notBlank },
  })
  const zone = browserZone()
  return (
    <form onSubmit={form.onSubmit((values) => void versioned.save(values))} noValidate>
      <Stack gap="sm" maw={420}>
        <FormError>{form.errors['_']}</FormError>
        <TextInput
          label={words.fullName}
          autoComplete="name"
          maxLength={255}
          {...form.getInputProps('full_name')}
        />
        <TextInput
          label={words.email}
          description={words.emailHint}
          type="email"
          autoComplete="email"
          maxLength={255}
          {...form.getInputProps('email')}
        />
        <Select
          label={words.timezone}
          description={words.timezoneHint}
          searchable
          nothingFoundMessage={words.noZone}
          data={zoneOptions(form.values.timezone)}
          {...form.getInputProps('timezone')}
        />
        {zone !== form.values.timezone && (
          <Anchor
            component="button"
            type="button"
            size="sm"
            ta="left"
            underline="always"
            onClick={() => form.setFieldValue('timezone', zone)}
          >
            {words.useBrowserZone(zoneInWords(zone))}
          </Anchor>
        )}
        <Group>
          <Button type="submit" loading={versioned.saving} autoFocus={again}>
            {uiWords.save}
          </Button>
        </Group>
      </Stack>
      {versioned.conflict && (
        <ConflictDialog
          conflict={versioned.conflict}
          saving={versioned.saving}
          onCancel={versioned.dismiss}
          onSave={(values) => void versioned.save(values)}
          fields={{
            full_name: { label: words.fullName },
            email: { label: words.email },
            timezone: { label: words.timezone, show: zoneInWords },
          }}
        />
      )}
    </form>
  )
}
