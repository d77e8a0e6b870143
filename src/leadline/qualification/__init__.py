"""How a lead qualifies: match, fold, decide, explain. Pure: columns in, columns out, no clock, no file."""
