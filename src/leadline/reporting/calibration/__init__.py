"""The page about chances: what a score promises, and how far that can be trusted."""
