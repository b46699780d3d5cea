import { Group, SegmentedControl, Text } from '@mantine/core'
import { Results, TYPES } from '~/features/search/Results'
import { words } from '~/features/search/words'
import { Page as UiPage } from '~/ui/Page'
import { SearchBox } from '~/ui/SearchBox'
import { Loaded, RowsSkeleton } from '~/ui/states'
import { useFilters } from '~/ui/useFilters'

const CHOICES = [
  { value: '', label: words.all },
  ...(Object.keys(TYPES) as (keyof typeof TYPES)[]).map((name) => ({
    value: TYPES[name],
    label: words.groups[name],
  })),
]

export function Page() {
  const filters = useFilters()
  return (
    <UiPage title={words.title}>
      <Group gap="sm">
        <SearchBox label={words.box} name="q" width="min(100%, 420px)" />
        <SegmentedControl
          size="xs"
          aria-label={words.types}
          data={CHOICES}
          value={filters.text('type') ?? ''}
          onChange={(type) => filters.set({ type, page: null })}
        />
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        {words.hint}
      </Text>
      <Loaded fallback={<RowsSkeleton />} resetKey={filters.text('q') ?? ''}>
        <Results />
      </Loaded>
    </UiPage>
  )
}
