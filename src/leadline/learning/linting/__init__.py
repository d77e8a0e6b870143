"""Checks of an agreement against what really happened: one file a kind of finding, listed in `checks`."""
