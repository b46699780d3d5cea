"""The features of AsyncOps, one folder each, the same rooms in each."""
