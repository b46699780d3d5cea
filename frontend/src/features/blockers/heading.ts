import { oneLine } from '~/ui/oneLine'

const HEADING = 140

/** What stands above a blocker's page and in its row. */
export function headingOf(description: string): string {
  const line = oneLine(description)
  return line.length > HEADING ? `${line.slice(0, HEADING).trimEnd()}…` : line
}
