"""How hard Hypothesis looks: a little in the ordinary suite, long with HYPOTHESIS_PROFILE=thorough."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "ordinary", max_examples=150, deadline=None, suppress_health_check=_SLOW, derandomize=True, database=None
)
settings.register_profile("thorough", max_examples=20_000, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))
