import { Button, Group, NativeSelect, Text } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { words } from './words'

const SIZES = ['20', '50', '100']

/** Rows that a list asks for at once; kept for the next visit. */
export function usePageSize(): [number, (size: number) => void] {
  const [size, setSize] = useLocalStorage({
    key: 'asyncops.rows',
    defaultValue: 20,
    getInitialValueInEffect: false,
  })
  return [SIZES.includes(String(size)) ? size : 20, setSize]
}

interface Props {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }
  total?: { total?: number; total_is_capped?: boolean }
}

/** The end of a list: how many there are, how many to show at once, and more of them. */
export function MoreButton({ query, total }: Props) {
  const [size, setSize] = usePageSize()
  return (
    <Group justify="space-between" mt="sm" gap="xs">
      <Text size="sm" c="dimmed">
        {total?.total !== undefined &&
          words.totalOf(words.total(total.total, total.total_is_capped ?? false))}
      </Text>
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {words.showMore}
        </Button>
      )}
      <NativeSelect
        aria-label={words.perPage}
        size="xs"
        w={110}
        data={SIZES.map((value) => ({ value, label: words.rowsAtOnce(value) }))}
        value={String(size)}
        onChange={(event) => setSize(Number(event.currentTarget.value))}
      />
    </Group>
  )
}
