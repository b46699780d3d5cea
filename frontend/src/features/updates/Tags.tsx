import { Link, useLocation, useSearchParams } from 'react-router'
import { paths } from '~/ui/paths'
import classes from './Tags.module.css'
import { words } from './words'

/** Each narrows the list of updates to those that bear it; in that list a second click takes it back. */
export function Tags({ tags }: { tags: readonly string[] }) {
  const [params] = useSearchParams()
  const { pathname } = useLocation()
  if (tags.length === 0) return null
  const inList = pathname === paths.updates
  const chosen = inList ? (params.get('tags') ?? '').split(',').filter(Boolean) : []

  const to = (tag: string) => {
    const next = new URLSearchParams(inList ? params : undefined)
    const left = chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag]
    if (left.length > 0) next.set('tags', left.join(','))
    else next.delete('tags')
    return `${paths.updates}?${next.toString()}`
  }
  return (
    <ul className={classes.tags} aria-label={words.tagList}>
      {tags.map((tag) => (
        <li key={tag}>
          <Link
            to={to(tag)}
            className={classes.tag}
            data-chosen={chosen.includes(tag) || undefined}
            title={chosen.includes(tag) ? words.noLonger(tag) : words.filterBy(tag)}
          >
            #{tag}
          </Link>
        </li>
      ))}
    </ul>
  )
}
