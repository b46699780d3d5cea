"""What all routes share: who is asking, what an error looks like, pages, conditional requests, probes and docs."""
