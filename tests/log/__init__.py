"""Tests of reading: real files of every kind, and the same relations from all of them."""
