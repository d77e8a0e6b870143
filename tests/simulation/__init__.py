"""Tests of the demo company: what is drawn is legal, plausible, and the same every time."""
