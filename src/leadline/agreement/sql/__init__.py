"""Reading SQL as SQLGlot parses it: text, calls, patterns."""
