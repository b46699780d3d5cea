"""Who people are: accounts, roles, sign-in, invitations and password resets."""
