"""A lead's scores at every record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from leadline.qualification.deciding import Decisions
from leadline.qualification.folding import fold_spans, moments_of
from leadline.qualification.planning import compile_plan

if TYPE_CHECKING:
    from leadline.operations.case import Case


@dataclass(frozen=True, slots=True)
class History:
    """Decision rows of one lead (see ``DECISIONS``), one at each of its records and one at the moment asked for."""

    lead_id: str
    decisions: pa.Table


def history(case: Case, as_of: int) -> History:
    """The history of a lead up to a moment (µs)."""
    moments = np.unique(np.array([*case.instants(as_of), as_of], np.int64))
    answers = fold_spans(compile_plan(case.agreement), case.log, moments_of(case.log, moments))
    judged = case.matcher.judge(case.versions)
    ids = pa.array([case.lead_id] * len(moments))
    decisions = Decisions(case.agreement, case.agreement.version)
    return History(case.lead_id, decisions.table(answers, moments, judged.known, case.log.reachable, ids))
