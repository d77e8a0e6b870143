"""Statistics that every part may use: shares with intervals, how well a score ranks."""
