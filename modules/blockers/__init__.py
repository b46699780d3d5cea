"""Blockers: what somebody waits for, what it costs, and what it is about."""
