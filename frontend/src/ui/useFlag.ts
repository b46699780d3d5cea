import { useSearch } from './useSearch'

/** A switch in the URL (`?new`, `?edit`), so that a link can open a form and Back closes it. */
export function useFlag(name: string): [boolean, (on: boolean) => void] {
  const [params, setParams] = useSearch()
  const set = (on: boolean) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before)
        if (on) after.set(name, '')
        else after.delete(name)
        return after
      },
      { replace: !on },
    )
  return [params.has(name), set]
}
