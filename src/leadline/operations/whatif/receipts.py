"""A lead's receipt before and after a change, from the records that were matched already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.engines.duckdb import Matcher
from leadline.errors import UnknownLeadError
from leadline.operations.case import Case
from leadline.operations.explain import explain
from leadline.operations.whatif.past import run_of

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement
    from leadline.operations.explain import Explanation
    from leadline.operations.whatif.past import Past


@dataclass(frozen=True, slots=True)
class Receipts:
    """One lead as of a moment (µs) under the agreement as it stands and under the one that is tried."""

    lead_id: str
    at: int
    before: Explanation
    after: Explanation


def receipts_of(past: Past, before: Agreement, after: Agreement, lead_id: str, at: int) -> Receipts:
    """The receipts of a lead. Raises ``UnknownLeadError``."""
    import pyarrow.compute as pc

    lead = pc.index(past.matched.inputs.lead_ids, lead_id).as_py()
    if lead < 0:
        raise UnknownLeadError(f"there is no lead '{lead_id[:60]}' in the log.")
    then, now = (explain(_case(past, agreement, lead_id, lead), at) for agreement in (before, after))
    return Receipts(lead_id, at, then, now)


def _case(past: Past, agreement: Agreement, lead_id: str, lead: int) -> Case:
    matcher = Matcher(past.matched.inputs.connection, agreement)
    piece = next(piece for piece in past.pieces if piece.first_lead <= lead < piece.end_lead)
    place = lead - piece.first_lead
    return Case(agreement, lead_id, matcher, run_of(piece, place, place + 1).log, matcher.versions_of(lead))
