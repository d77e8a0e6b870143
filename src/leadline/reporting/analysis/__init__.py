"""The report of a lead analysis."""
