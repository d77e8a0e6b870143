"""Tests of reading, wording, comparing and rewriting agreements."""
