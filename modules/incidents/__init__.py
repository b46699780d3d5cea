"""Incidents: what is broken, how badly, who is on it, and how it ended."""
