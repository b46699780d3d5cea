"""Status updates: what people did, plan and think, in Markdown, with tags."""
