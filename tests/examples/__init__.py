"""Tests of the examples against the real data that they are about."""
