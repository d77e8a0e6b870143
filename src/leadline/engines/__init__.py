"""Where matching runs: one file an engine."""
