"""Who leads are and where they come from, as the table of leads says: names, companies, channels and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.reading import parse_agreement
from leadline.engines.duckdb import connect
from leadline.log.reading import Sources, read_inputs
from leadline.operations.whatif.segments import segments_of

if TYPE_CHECKING:
    import pyarrow as pa

    from leadline.operations.whatif.answers import Segments

_FIELDS: Final = ("name", "first_name", "last_name", "company")
_ASKS: Final = f"""
leadline: 1
name: who leads are
fields: {{{", ".join(f"{name}: {{type: text, label: {name}}}" for name in _FIELDS)}}}
fit:
  personas:
    any:
      rules:
        origin: {{when: channel IS NOT NULL OR source IS NOT NULL, points: 1}}
        who: {{when: {" OR ".join(f"{name} IS NOT NULL" for name in (*_FIELDS, "email"))}, points: 1}}
engagement: {{rules: {{any_event: {{on: any, points: 0}}}}}}
mql: {{when: {{nobody: fit > 100}}}}
"""
_LATEST: Final = ("channel", "source", "email", *_FIELDS)
_NAMES: Final = ", ".join(f'arg_max({name}, coalesce("at", 0)) AS {name}' for name in _LATEST)


@dataclass(frozen=True, slots=True)
class Origins:
    """``divisions`` of all leads by channel and source, where the table has them; ``rows`` (lead, …) say who is who."""

    divisions: tuple[Segments, ...]
    rows: pa.Table

    def name_of(self, lead: int) -> str:
        """A lead's name and company as far as known, else its address; "" where nothing is known."""
        if lead >= self.rows.num_rows:
            return ""
        row: dict[str, Any] = self.rows.slice(lead, 1).to_pylist()[0]
        name = row["name"] or " ".join(part for part in (row["first_name"], row["last_name"]) if part)
        return ", ".join(part for part in (name or row["email"], row["company"]) if part)


def read_origins(sources: Sources, leads: int, now: int) -> Origins:
    """Reads the table of leads once more for what no rule asks. The places of leads are those of the whole input."""
    connection = connect()
    alone = Sources(leads=sources.leads, mapping=sources.mapping, timezone=sources.timezone)
    inputs = read_inputs(connection, alone, parse_agreement(_ASKS), now=now)
    query = f"SELECT lead, {_NAMES} FROM versions GROUP BY lead ORDER BY lead"  # noqa: S608 - our own names
    found = connection.sql(query).to_arrow_table()
    counts = (len(inputs.lead_ids), leads)
    divisions = (segments_of(name.capitalize(), found["lead"], found[name], counts) for name in ("channel", "source"))
    return Origins(tuple(division for division in divisions if division is not None), found)
