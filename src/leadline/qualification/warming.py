"""Compiles the kernel ahead of its first use: `python -m leadline.qualification.warming`, as installing does."""

from __future__ import annotations

import numpy as np

from leadline.agreement.reading import parse_agreement
from leadline.qualification.folding import fold_spans, moments_of
from leadline.qualification.layout import Log
from leadline.qualification.planning import compile_plan
from leadline.qualification.sorting import order_of, runs, scattered

SMALLEST = """
leadline: 1
name: smallest
fit: {personas: {anybody: {rules: {named: {when: title IS NOT NULL, points: 1}}}}}
fields: {title: {type: text}}
engagement: {rules: {seen: {on: any, points: 1}}}
mql: {when: {seen: engagement >= 1}}
"""


def warm() -> None:
    """Compiles every entrance of the kernel, or loads it from where it was kept."""
    plan = compile_plan(parse_agreement(SMALLEST))
    log = Log(
        at=np.zeros(1, np.int64),
        flags=np.zeros(1, np.uint8),
        hits=np.zeros((1, 1), np.int64),
        values=np.zeros((1, 0)),
        keys=np.zeros((1, 0), np.uint64),
        known_at=np.zeros(1, np.int64),
        truths=np.zeros((1, 1), np.int64),
        reachable=np.zeros(1, np.uint8),
        blank=np.zeros((1, 1), np.int64),
    )
    fold_spans(plan, log, moments_of(log, np.zeros(1, np.int64)))
    lead = np.zeros(1, np.int32)
    order_of(lead, log.at, 0, runs(lead, 0, 1))
    scattered(lead, 1, 1)


if __name__ == "__main__":
    warm()
