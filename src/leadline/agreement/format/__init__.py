"""The file's form: YAML with lines, the declared shape, and what is generated from it."""
