"""What was learned as plain values, for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from leadline.agreement.durations import format_duration
from leadline.clock import to_datetime

if TYPE_CHECKING:
    from leadline.learning.backtest.measures import Measures
    from leadline.operations.learn import Learned
    from leadline.operations.learning.testing import HeldOut


def shaped(found: Learned) -> dict[str, Any]:
    """Everything that was learned; numbers that are not known are null."""
    return {
        "proposes": found.proposes,
        "verdict": found.verdict,
        "version": found.agreement.version,
        "proposed_version": found.proposed.version,
        "horizon": format_duration(found.horizon),
        "leads": found.train,
        "customers": found.wins,
        "young": found.young,
        "gain": _number(found.gain),
        "gain_error": _number(found.gain_error),
        "difference": [{"place": one.place, "kind": one.kind, "sentence": one.sentence} for one in found.difference],
        "changes": [
            {"name": one.name, "of": one.kind, "found": one.found, "searches": one.searches} for one in found.changes
        ],
        "contradicted": list(found.contradicted),
        "evidence": [asdict(one) | {"says": one.says} for one in found.evidence],
        "test": None if found.test is None else _test(found.test),
        "notes": list(found.notes),
    }


def _test(test: HeldOut) -> dict[str, Any]:
    return {
        "since": to_datetime(test.since).isoformat(),
        "leads": test.leads,
        "customers": test.customers,
        "top": test.top,
        "rankings": [{name: _number(value) for name, value in asdict(one).items()} for one in test.rankings],
        "given": _measures(test.given),
        "proposed": _measures(test.proposed),
    }


def _measures(measures: Measures) -> dict[str, Any]:
    return {
        "mqls": measures.mqls,
        "judged": measures.judged,
        "won": measures.won,
        "precision": _number(measures.precision.rate),
        "recall": _number(measures.recall.rate),
        "lift": _number(measures.lift),
    }


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
