"""Tests of how a lead qualifies: the kernel against the reference, properties, cases a domain person can read."""
