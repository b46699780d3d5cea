import { useEffect, useRef } from 'react'
import { type SetURLSearchParams, useLocation, useNavigation, useSearchParams } from 'react-router'

/**
 * The query of the address. It can be changed until one is on the way to another page: what ends late, such as sending
 * a form, would call one back.
 */
export function useSearch(): [URLSearchParams, SetURLSearchParams] {
  const [params, setParams] = useSearchParams()
  const { pathname } = useLocation()
  const target = useNavigation().location?.pathname
  const isLeaving = useRef(false)
  useEffect(() => {
    isLeaving.current = target !== undefined && target !== pathname
  })
  const set: SetURLSearchParams = (...change) => {
    if (!isLeaving.current) setParams(...change)
  }
  return [params, set]
}
