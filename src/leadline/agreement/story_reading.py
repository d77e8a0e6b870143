"""Reads `stories`: the agreement's own tests, as domain people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from leadline.agreement.document import Story, StoryRecord
from leadline.agreement.sql.text import did_you_mean
from leadline.clock import to_instant
from leadline.fields.catalogue import (
    BOOLEAN,
    DERIVED_FIELDS,
    EVENT_COLUMNS,
    EVENT_PROPERTIES,
    GIVEN_FIELDS,
    NUMBER,
    TIME,
)

if TYPE_CHECKING:
    from leadline.agreement.document import Field
    from leadline.agreement.format.structure import Structure, Written
    from leadline.fields.catalogue import Type

DEFAULT_MOMENT: Final = to_instant(datetime(2026, 1, 15, 12, tzinfo=UTC))
EXPECTATIONS: Final = (
    "stage", "qualified", "because", "fit", "persona", "grade", "engagement", "level", "unknown_fields",
    "contributions",
)  # fmt: skip


def read_stories(structure: Structure, top: Written, fields: tuple[Field, ...]) -> tuple[Story, ...]:
    """All stories of an agreement; problems go to ``structure``."""
    types = {field.name: field.type for field in fields} | GIVEN_FIELDS
    types.setdefault("title", types["email"])
    reader = _Stories(structure, types)
    return tuple(reader.story(name, entry) for name, entry in top.entries("stories").items())


class _Stories:
    def __init__(self, structure: Structure, types: dict[str, Type]) -> None:
        self.structure = structure
        self.types = types

    def story(self, name: str, entry: Written) -> Story:
        moment = entry.get("as_of")
        as_of = DEFAULT_MOMENT if moment is None else to_instant(moment)
        events = entry.at("events")
        records = [self.record(item, as_of) for item in (events.value if events else ())]
        self._check_expectations(entry)
        return Story(
            name=name,
            line=entry.line,
            as_of=as_of,
            lead=self.values(entry.at("lead")),
            records=tuple(record for record in records if record is not None),
            expect=tuple((key, written.value) for key, written in entry.entries("expect").items()),
        )

    def record(self, item: Written, as_of: int) -> StoryRecord | None:
        event, lead = item.get("event"), item.at("lead")
        if (event is None) == (lead is None):
            self.structure.report(
                item.line, item.place, "a record has either `event` or `lead` (what became known). Write one."
            )
            return None
        ago, at = item.get("ago"), item.get("at")
        if ("ago" in item.key_lines) == ("at" in item.key_lines):
            self.structure.report(item.line, item.place, "say when: either `ago: 3d` or `at: 2026-01-12`.")
        if ago is None and at is None:
            return None
        instant = as_of - ago if ago is not None else to_instant(at)
        if instant > as_of:
            self.structure.report(
                item.line,
                item.place,
                "this lies after the story's moment; nothing after it is seen. Move one of them.",
            )
        if lead is not None:
            return StoryRecord(None, instant, self.values(lead))
        return StoryRecord(event, instant, self.columns(item))

    def columns(self, item: Written) -> tuple[tuple[str, object], ...]:
        values: list[tuple[str, object]] = []
        for name, written in item.value.items():
            if name in ("event", "lead", "ago", "at"):
                continue
            if name == EVENT_PROPERTIES and isinstance(written.value, dict):
                values += [(f"{EVENT_PROPERTIES}.{key}", value) for key, value in written.value.items()]
            elif name in EVENT_COLUMNS or name.startswith(f"{EVENT_PROPERTIES}."):
                values.append((name, self._typed(written, name, EVENT_COLUMNS.get(name))))
            else:
                hint = did_you_mean(name, EVENT_COLUMNS) or f" Anything else is {EVENT_PROPERTIES}.{name}."
                self.structure.report(written.line, written.place, f"'{name}' is no event column.{hint}")
        return tuple(values)

    def values(self, lead: Written | None) -> tuple[tuple[str, object], ...]:
        """What is known of a lead, checked against the declared fields."""
        values = []
        for name, written in (lead.value if lead else {}).items():
            if name in self.types:
                values.append((name, self._typed(written, name, self.types[name])))
                continue
            hint = did_you_mean(name, self.types)
            if name in DERIVED_FIELDS:
                hint = " Leadline works it out from other fields; state those."
            self.structure.report(written.line, written.place, f"'{name}' is no field that can be stated.{hint}")
        return tuple(values)

    def _typed(self, written: Written, name: str, kind: Type | None) -> object:
        value: Any = written.value
        if kind is NUMBER and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.structure.report(written.line, written.place, f"{name} is a number, but this says '{value}'.")
        elif kind is BOOLEAN and not isinstance(value, bool):
            self.structure.report(written.line, written.place, f"{name} is true or false, but this says '{value}'.")
        elif kind is TIME:
            try:
                moment = datetime.fromisoformat(str(value))
            except ValueError:
                self.structure.report(
                    written.line,
                    written.place,
                    f"{name} is a moment such as 2026-01-12, but this says '{value}'.",
                )
                return None
            return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        elif kind is not None and isinstance(value, dict | tuple):
            self.structure.report(written.line, written.place, f"{name} is one value, not several. Write the latest.")
        return float(value) if kind is NUMBER and isinstance(value, int) else value

    def _check_expectations(self, entry: Written) -> None:
        section = entry.at("expect")
        if section is None:
            return
        if not section.value:
            self.structure.report(section.line, section.place, "a story must expect something, for example stage: mql.")
        for name, written in section.value.items():
            if name not in EXPECTATIONS:
                known = did_you_mean(name, EXPECTATIONS) or f" Known are {', '.join(EXPECTATIONS)}."
                self.structure.report(written.line, written.place, f"'{name}' cannot be expected.{known}")
