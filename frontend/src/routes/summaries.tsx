import { SummaryList } from '~/features/summaries/SummaryList'
import { words } from '~/features/summaries/words'
import { WriteButton } from '~/features/summaries/WriteButton'
import { daySpecs } from '~/ui/FilterMenu'
import { ListPage } from '~/ui/ListPage'

export function Page() {
  return (
    <ListPage title={words.title} specs={daySpecs} searchable={false} action={<WriteButton />}>
      <SummaryList firstStep={<WriteButton />} />
    </ListPage>
  )
}
