import { useSearch } from './useSearch'

/** A list's filters live in the URL, so that back, reload and a shared link show the same. */
export function useFilters() {
  const [params, setParams] = useSearch()
  const set = (changes: Record<string, string | null>) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before)
        for (const [name, value] of Object.entries(changes))
          if (value === null || value === '') after.delete(name)
          else after.set(name, value)
        return after
      },
      { replace: true },
    )
  return {
    text: (name: string) => params.get(name) ?? undefined,
    number: (name: string) => {
      const value = Number(params.get(name))
      return Number.isInteger(value) && value > 0 ? value : undefined
    },
    /** The words of a comma list that are among the allowed ones. */
    words: <W extends string>(name: string, allowed: readonly W[]): W[] | undefined => {
      const found = allowed.filter((word) => (params.get(name) ?? '').split(',').includes(word))
      return found.length > 0 ? found : undefined
    },
    day: (name: string) => {
      const value = params.get(name) ?? ''
      return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined
    },
    archived: params.get('archived') === 'true',
    set,
  }
}

export type Filters = ReturnType<typeof useFilters>
