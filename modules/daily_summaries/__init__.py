"""Daily summaries: what happened in 24 hours, written once a day, and the same content live."""
