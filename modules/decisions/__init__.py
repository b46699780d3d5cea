"""Decisions: what was decided, why, by whom, and how the record of it changed."""
