export const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** A time zone as people read it: `America/New York`. */
export const zoneInWords = (zone: string): string => zone.replaceAll('_', ' ')

/** All that the browser knows, and UTC, which not every browser lists; and the one that is in use. */
export function zoneOptions(used: string): { value: string; label: string }[] {
  const zones = new Set(['UTC', used, ...Intl.supportedValuesOf('timeZone')])
  return [...zones].sort().map((value) => ({ value, label: zoneInWords(value) }))
}
