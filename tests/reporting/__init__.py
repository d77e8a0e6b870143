"""The page of a scoring run: what it says, how it looks, what it never does."""
