"""Lead analysis: what an export says, the draft made from it, and how both are shown."""
