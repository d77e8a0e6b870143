"""The page of a scoring run."""
