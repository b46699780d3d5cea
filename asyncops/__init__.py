"""The platform: shared machinery that knows no feature. Features live in `modules`."""
