"""Outgoing webhooks: what happens here is told to other programs, signed after the Standard Webhooks specification."""
