"""SQL that reads what a summary tells, and the summaries themselves."""
