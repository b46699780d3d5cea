import { Anchor, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { type QueryErrorResetBoundaryProps, QueryErrorResetBoundary } from '@tanstack/react-query'
import { Component, type ReactNode, Suspense, use, useEffect, useState } from 'react'
import { Link } from 'react-router'
import { ApiError, isStatus, sentence } from '~/api/errors'
import { Headed } from './headed'
import { words } from './words'

/** What belongs here, and the first step. */
export function Empty({ title, text, action }: { title: string; text?: string; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text fw={600}>{title}</Text>
      {text !== undefined && (
        <Text c="dimmed" maw={420}>
          {text}
        </Text>
      )}
      {action}
    </Stack>
  )
}

/** What happened, and the ways out. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const headed = use(Headed)
  const missing = isStatus(error, 404)
  const forbidden = isStatus(error, 403)
  const title = missing ? words.missingPage : forbidden ? words.forbidden : words.failedPage
  const text = missing ? words.missingPageText : forbidden ? words.forbiddenText : sentence(error)
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center" role="alert">
      <Title order={headed ? 2 : 1} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw={480}>
        {text}
      </Text>
      {error instanceof ApiError && error.status >= 500 && error.requestId !== undefined && (
        <Text c="dimmed" size="xs">
          {words.requestId(error.requestId)}
        </Text>
      )}
      <Group mt="xs">
        {onRetry && !missing && !forbidden && <Button onClick={onRetry}>{words.tryAgain}</Button>}
        <Anchor component={Link} to="/" underline="always">
          {words.home}
        </Anchor>
      </Group>
    </Stack>
  )
}

/** Shown only after 150 ms: what comes at once needs no skeleton. */
export function Later({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div role="status" aria-label={words.loading}>
      {shown ? children : null}
    </div>
  )
}

export const RowsSkeleton = ({ rows = 6 }: { rows?: number }) => (
  <Later>
    <Stack gap="sm" p="md">
      {Array.from({ length: rows }, (_, index) => (
        <Group key={index} wrap="nowrap">
          <Skeleton height={18} width={72} />
          <Skeleton height={18} style={{ flex: 1 }} />
          <Skeleton height={18} width={88} />
        </Group>
      ))}
    </Stack>
  </Later>
)

export const RecordSkeleton = () => (
  <Later>
    <Stack gap="md" p="lg" maw={1100} mx="auto">
      <Skeleton height={28} width="60%" />
      <Skeleton height={16} />
      <Skeleton height={16} />
      <Skeleton height={16} width="80%" />
    </Stack>
  </Later>
)

class Boundary extends Component<
  { children: ReactNode; onReset: () => void; resetKey: string },
  { error: unknown; failed: boolean }
> {
  override state = { error: undefined as unknown, failed: false }

  static getDerivedStateFromError(error: unknown) {
    return { error, failed: true }
  }

  override componentDidUpdate(before: { resetKey: string }) {
    if (this.state.failed && before.resetKey !== this.props.resetKey) this.setState({ failed: false })
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <Failure
        error={this.state.error}
        onRetry={() => {
          this.props.onReset()
          this.setState({ failed: false })
        }}
      />
    )
  }
}

type Reset = Parameters<Extract<QueryErrorResetBoundaryProps['children'], (value: never) => unknown>>[0]

/** Suspense for loading, a boundary for failure. `resetKey`: when it changes, a failure is tried again. */
export function Loaded({
  children,
  fallback,
  resetKey = '',
}: {
  children: ReactNode
  fallback: ReactNode
  resetKey?: string
}) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }: Reset) => (
        <Boundary onReset={reset} resetKey={resetKey}>
          <Suspense fallback={fallback}>{children}</Suspense>
        </Boundary>
      )}
    </QueryErrorResetBoundary>
  )
}
