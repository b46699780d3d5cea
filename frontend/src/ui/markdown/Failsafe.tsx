import { Component, type ReactNode } from 'react'

interface Props {
  children: ReactNode
  /** Shown when drawing the children fails. */
  instead: ReactNode
}

/** One text that can't be rendered, such as one nested too deep for the parser, must not take the page with it. */
export class Failsafe extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children
  }
}
