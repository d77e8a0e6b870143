"""Statistics that every part may use."""
