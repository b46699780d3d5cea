"""One box over everything: status updates, incidents, blockers and decisions, ranked, with the passages that match."""
