"""Plain English: conditions, rules and their changes as sentences."""
