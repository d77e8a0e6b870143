"""The fold, compiled: everything that semantics says about time is said here and nowhere else."""
