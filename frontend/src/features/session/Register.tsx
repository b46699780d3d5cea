import { useQuery } from '@tanstack/react-query'
import { Text } from '@mantine/core'
import { Navigate, useLocation } from 'react-router'
import { configQuery, meQuery } from '~/api/session'
import { Failure, RowsSkeleton } from '~/ui/states'
import { AuthCard } from './AuthCard'
import { tokenIn } from './notes'
import { RegisterForm } from './RegisterForm'
import { TextLink } from './TextLink'
import { words } from './words'

/** Who may register is the workspace's setting: everybody, the invited, or nobody. */
export function Register() {
  const token = tokenIn(useLocation().hash)
  const { data: config, error, refetch } = useQuery(configQuery)
  const { data: me } = useQuery(meQuery)
  if (me !== undefined && token === undefined) return <Navigate to="/" replace />

  const mode = config?.registration
  const shut = mode === 'closed' || (mode === 'invite' && token === undefined)
  const title = !shut ? words.registerTitle : mode === 'closed' ? words.closedTitle : words.inviteTitle
  return (
    <AuthCard
      title={title}
      foot={
        <>
          {words.haveAccount} <TextLink to="/sign-in">{words.signIn}</TextLink>
        </>
      }
    >
      {shut ? (
        <Text>{mode === 'closed' ? words.closed : words.invite}</Text>
      ) : config !== undefined ? (
        <RegisterForm token={token} already={me?.full_name} />
      ) : error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <RowsSkeleton rows={3} />
      )}
    </AuthCard>
  )
}
