"""Tests of what outcomes suggest."""
