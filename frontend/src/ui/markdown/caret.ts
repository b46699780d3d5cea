/** Where a character of a textarea stands, from its upper left corner: browsers don't say, so a copy of it is measured. */
const COPIED = [
  'boxSizing',
  'width',
  'paddingTop',
  'paddingRight',
  'paddingBottom',
  'paddingLeft',
  'borderTopWidth',
  'borderRightWidth',
  'borderBottomWidth',
  'borderLeftWidth',
  'borderStyle',
  'fontFamily',
  'fontSize',
  'fontWeight',
  'fontVariantNumeric',
  'lineHeight',
  'letterSpacing',
  'tabSize',
] as const

export function caretPoint(field: HTMLTextAreaElement, index: number): { left: number; top: number } {
  const copy = document.createElement('div')
  const style = window.getComputedStyle(field)
  for (const name of COPIED) copy.style[name] = style[name]
  Object.assign(copy.style, {
    position: 'absolute',
    visibility: 'hidden',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'break-word',
  })
  const mark = document.createElement('span')
  mark.textContent = '@'
  copy.append(field.value.slice(0, index), mark, field.value.slice(index + 1))
  document.body.append(copy)
  const point = {
    left: mark.offsetLeft - field.scrollLeft,
    top: mark.offsetTop + mark.offsetHeight - field.scrollTop,
  }
  copy.remove()
  return point
}
