"""The demo company: a seeded simulation of leads, marketing and sales, with the truth beside the log."""

from __future__ import annotations

from leadline.simulation.company import Company
from leadline.simulation.simulating import Written, simulate

__all__ = ["Company", "Written", "simulate"]
