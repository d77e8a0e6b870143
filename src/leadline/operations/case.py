"""One lead's whole record, matched: what explaining, history and stories work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.engines.duckdb import Matcher, connect
from leadline.errors import UnknownLeadError
from leadline.log.reading import Sources, read_inputs
from leadline.qualification.layout import NEVER, Log
from leadline.qualification.timeline import Profiles

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from leadline.agreement.document import Agreement
    from leadline.log.reading import Inputs


@dataclass(frozen=True, slots=True)
class Case:
    """A lead with its records: ``log`` holds it alone; ``versions`` are its profiles, one row each by instant."""

    agreement: Agreement
    lead_id: str
    matcher: Matcher
    log: Log
    versions: pa.Table

    def instants(self, as_of: int) -> list[int]:
        """The instants (µs) up to ``as_of`` at which the lead has a record, each once."""
        found = np.union1d(self.log.at, self.log.known_at[self.log.known_at != NEVER])
        return [int(at) for at in found[found <= as_of]]


def read_case(agreement: Agreement, sources: Sources, lead_id: str, *, now: int | None = None) -> Case:
    """The case of a lead. Raises ``UnknownLeadError`` with near ids, or ``InputError``."""
    connection = connect()
    inputs = read_inputs(connection, sources, agreement, now=now)
    return case_of(connection, agreement, inputs, lead_id)


def case_of(connection: duckdb.DuckDBPyConnection, agreement: Agreement, inputs: Inputs, lead_id: str) -> Case:
    """The case of a lead of inputs that have been read into a connection."""
    import pyarrow.compute as pc

    lead = pc.index(inputs.lead_ids, lead_id).as_py()
    if lead < 0:
        raise UnknownLeadError(_unknown(lead_id, inputs))
    matcher = Matcher(connection, agreement)
    versions = matcher.versions_of(lead)
    judged = matcher.judge(versions)
    profiles = Profiles(
        begins=np.array([0, versions.num_rows]),
        known_at=versions["at"].fill_null(NEVER).to_numpy(),
        truths=judged.truths,
        reachable=judged.reachable,
        known=judged.known,
    )
    part = matcher.events(1, only=lead).part(0, profiles)
    return Case(agreement, lead_id, matcher, part.log, versions)


def _unknown(lead_id: str, inputs: Inputs) -> str:
    import difflib

    some = inputs.lead_ids.slice(0, 20_000).to_pylist()
    near = difflib.get_close_matches(lead_id, some, n=3, cutoff=0.7) or some[:3]
    return f"there is no lead '{lead_id}' among the {len(inputs.lead_ids):,} leads. Did you mean {', '.join(near)}?"
