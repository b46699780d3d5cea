import { Anchor, Box, Group } from '@mantine/core'
import { IconArchive, IconArrowLeft } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { type FilterSpec, FilterChips, FilterMenu } from './FilterMenu'
import { Page } from './Page'
import { SearchBox } from './SearchBox'
import { Loaded, RowsSkeleton } from './states'
import { useFilters } from './useFilters'
import { words } from './words'

interface Props {
  title: string
  specs: FilterSpec[]
  /** The main verb. */
  action?: ReactNode
  searchable?: boolean
  archivable?: boolean
  /** Between the bar and the list: a form that opens in place. */
  above?: ReactNode
  /** Reads its filters from the URL and suspends. */
  children: ReactNode
}

export function ListPage({
  title,
  specs,
  action,
  searchable = true,
  archivable = false,
  above,
  children,
}: Props) {
  const { archived } = useFilters()
  const { pathname, search } = useLocation()
  return (
    <Page title={title} actions={action}>
      {above}
      <Group gap="xs" mb="sm">
        {searchable && <SearchBox label={words.search} />}
        {specs.length > 0 && <FilterMenu specs={specs} />}
        <Box flex={1} />
        {archivable && (
          <Anchor component={Link} to={archived ? pathname : '?archived=true'} size="sm" underline="hover">
            <Group gap={4} component="span">
              {archived ? <IconArrowLeft size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />}
              {archived ? words.notArchived : words.archived}
            </Group>
          </Anchor>
        )}
      </Group>
      <FilterChips specs={specs} />
      <Loaded fallback={<RowsSkeleton />} resetKey={search}>
        {children}
      </Loaded>
    </Page>
  )
}
