"""Logs written down column by column, for tests of the kernel without matching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.agreement.reading import parse_agreement
from leadline.qualification.folding import fold_spans
from leadline.qualification.layout import NEVER, Answers, Log, Spans
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from leadline.agreement.document import Agreement


def agreed(rules: str, *, when: str = "c: engagement >= 10", interest: str = "", **top: str) -> Agreement:
    """An agreement with rules of engagement in YAML, one entry a line."""
    lines = "\n".join(f"{name}: {value}" for name, value in top.items())
    indented = rules.strip().replace("\n", "\n    ")
    return parse_agreement(
        f"leadline: 1\nname: kernel\n{lines}\nfields: {{seats: {{type: number}}}}\n"
        "fit: {personas: {buyer: {rules: {seats: {when: seats >= 5, points: 10}}}}}\n"
        f"engagement:\n  {interest}\n  rules:\n    {indented}\nmql:\n  when:\n    {when}\n"
    )


def log_of(
    at: Iterable[int],
    *,
    hits: npt.NDArray[np.int64] | None = None,
    values: npt.NDArray[np.float64] | None = None,
    keys: npt.NDArray[np.uint64] | None = None,
    flags: npt.NDArray[np.uint8] | None = None,
) -> Log:
    """Events at instants, all hitting the first rule unless said otherwise; the profile is reachable from ever."""
    instants = np.array(list(at), np.int64)
    count = len(instants)
    return Log(
        at=instants,
        flags=np.zeros(count, np.uint8) if flags is None else flags,
        hits=np.ones((count, 1), np.int64) if hits is None else hits,
        values=np.zeros((count, 0)) if values is None else values,
        keys=np.zeros((count, 0), np.uint64) if keys is None else keys,
        known_at=np.array([NEVER]),
        truths=np.zeros((1, 1), np.int64),
        reachable=np.ones(1, np.uint8),
        blank=np.zeros((1, 1), np.int64),
    )


def folded(agreement: Agreement, log: Log, as_of: int | Iterable[int], size: int | None = None) -> Answers:
    """Answers as of moments: of one lead, or of leads with ``size`` events each, all with the same profile."""
    moments = np.array([as_of] if isinstance(as_of, int) else list(as_of), np.int64)
    count = len(moments)
    begins = np.zeros(count, np.int64) if size is None else np.arange(count) * size
    ends = begins + (len(log.at) if size is None else size)
    zeros, ones = np.zeros(count, np.int64), np.ones(count, np.int64)
    return fold_spans(compile_plan(agreement), log, Spans(begins, ends, zeros, ones, moments))


def first_rule(answers: Answers, field: str) -> list[Any]:
    """A field of the first rule's answer in every span."""
    found: list[Any] = answers.rules[field][:, 0].tolist()
    return found
