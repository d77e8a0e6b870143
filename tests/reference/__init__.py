"""The meaning of an agreement in plain, slow Python: read beside semantics.md, held against the kernel."""
