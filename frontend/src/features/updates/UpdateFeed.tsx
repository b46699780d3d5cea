import { Button } from '@mantine/core'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useMe } from '~/api/session'
import type { StatusUpdate } from '~/api/generated'
import { daySpecs, type FilterSpec } from '~/ui/FilterMenu'
import { MoreButton, usePageSize } from '~/ui/MoreButton'
import { RowGroup, Rows } from '~/ui/Rows'
import { Empty } from '~/ui/states'
import { dayInWords, dayOf } from '~/ui/time'
import { useFilters } from '~/ui/useFilters'
import { words as uiWords } from '~/ui/words'
import { updatesQuery, type UpdateValues, useUpdatesBeingSent } from './queries'
import { PendingUpdate, UpdateItem } from './UpdateItem'
import { words } from './words'

export const updateSpecs: FilterSpec[] = [
  { kind: 'person', name: 'author_id', label: words.author },
  ...daySpecs,
  { kind: 'tags', name: 'tags', label: words.tags },
]

export function UpdateFeed({ onPost }: { onPost: () => void }) {
  const filters = useFilters()
  const [limit] = usePageSize()
  const me = useMe()
  const narrowing = {
    author_id: filters.number('author_id'),
    start_date: filters.day('start_date'),
    end_date: filters.day('end_date'),
    tags: filters.text('tags'),
    search: filters.text('search'),
  }
  const query = useSuspenseInfiniteQuery(updatesQuery({ limit, ...narrowing }))
  const updates = query.data.pages.flatMap((page) => page.items)
  // Between the answer and the end of the refresh it is in both.
  const sending = useUpdatesBeingSent().filter(
    (values) => !updates.some((update) => update.user_id === me.id && isSame(update, values)),
  )
  if (updates.length + sending.length === 0) {
    if (Object.values(narrowing).some((value) => value !== undefined))
      return <Empty title={uiWords.nothingFound} text={uiWords.nothingFoundText} />
    return (
      <Empty
        title={words.none}
        text={words.noneText}
        action={<Button onClick={onPost}>{words.post}</Button>}
      />
    )
  }
  const today = dayOf(new Date().toISOString())
  const days = [...new Set([...(sending.length > 0 ? [today] : []), ...updates.map(dayOfUpdate)])]
  return (
    <>
      <Rows label={words.title}>
        {days.map((date) => [
          <RowGroup key={date} title={dayInWords(date)} />,
          ...(date === today
            ? sending.map((values, index) => (
                <PendingUpdate key={`sending-${String(index)}`} values={values} />
              ))
            : []),
          ...updates
            .filter((update) => dayOfUpdate(update) === date)
            .map((update) => <UpdateItem key={update.id} update={update} />),
        ])}
      </Rows>
      <MoreButton query={query} total={query.data.pages[0]} />
    </>
  )
}

const dayOfUpdate = (update: StatusUpdate) => dayOf(update.created_at)

const isSame = (update: StatusUpdate, values: UpdateValues) =>
  update.title === values.title.trim() && update.content === values.content
