"""Turns columns that predict into statements that an agreement can make, and into the map that feeds them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.agreement.format.yaml_spans import written
from leadline.agreement.interest import RESERVED
from leadline.analytics.behaviour import DID
from leadline.analytics.features import REST, UNKNOWN
from leadline.analytics.names import ACTIVITY, Meaning, says
from leadline.analytics.predictors import predictors_of
from leadline.analytics.shapes import Shape
from leadline.fields.catalogue import DERIVED_FROM, EVENT_COLUMNS, LEAD_FIELDS, Type
from leadline.fields.spelling import TRUE_TEXTS
from leadline.learning.drafting import DraftField, Statement
from leadline.log.sql import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.columns import Field
    from leadline.analytics.features import Feature
    from leadline.analytics.predictors import Predictor, Rated

    Bools = npt.NDArray[np.bool_]

VALUES_MOST: Final = 25
LETTERS_MOST: Final = 120
CONDITION_MOST: Final = 2_000
COLUMNS_MOST: Final = 25
STRONG: Final = 1.5
MOST_LEADS: Final = 0.5
NAME_LETTERS: Final = 40
BUILT_IN: Final = {Meaning.SOURCE: "source", Meaning.CHANNEL: "channel", Meaning.CAMPAIGN: "campaign"}


@dataclass(slots=True)
class Naming:
    """Names that are taken: columns get names that an agreement allows, each once."""

    fields: dict[str, str] = field(default_factory=dict)
    declared: list[DraftField] = field(default_factory=list)
    rules: set[str] = field(default_factory=lambda: {*RESERVED})

    def of(self, column: Field) -> str:
        """The lead field that a column becomes: a built-in one where there is one for its meaning, else declared."""
        if column.name in self.fields:
            return self.fields[column.name]
        built_in = BUILT_IN.get(column.meaning, "")
        if column.kind == "text" and built_in and built_in not in self.fields.values():
            self.fields[column.name] = built_in
            return built_in
        name = _free(
            slug(column.name), {*self.fields.values(), *LEAD_FIELDS, *EVENT_COLUMNS, *RESERVED, "title", "lead_id"}
        )
        self.fields[column.name] = name
        kind = {"flag": "boolean", "number": "number"}.get(column.kind, "text")
        if kind == "boolean" and not _two_truths(column):
            kind = "text"
        self.declared.append(DraftField(name, kind, _label(column.name)))
        return name

    def rule(self, wanted: str) -> str:
        """A name for a rule."""
        name = _free(slug(wanted), self.rules)
        self.rules.add(name)
        return name


def slug(text: str) -> str:
    """A name of lower-case letters, digits and underscores, a letter first."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text.partition(": ")[2] or text)
    name = re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_")
    if len(name) > NAME_LETTERS:
        name = name[: NAME_LETTERS + 1].rpartition("_")[0] or name[:NAME_LETTERS]
    return name if re.match(r"[a-z]", name) else f"field_{name}".strip("_")


def _free(name: str, taken: set[str]) -> str:
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def _label(name: str) -> str:
    return " ".join(re.sub(r"[^\w .,:;()/&%+?!'-]", " ", name).split())[:80] or "Column"


def _two_truths(column: Field) -> bool:
    return column.kind == "flag" and int(column.known.sum()) == 2


def statements_of(predictors: Sequence[Predictor], won: Bools, train: Bools, naming: Naming) -> tuple[Statement, ...]:
    """Statements about the leads of the features (n), each with its evidence among ``train`` (n)."""
    rows = np.flatnonzero(train)
    usable = [one.feature for one in predictors if one.tells and _can_be_said(one.feature)][:COLUMNS_MOST]
    again = predictors_of([feature.of(rows) for feature in usable], won[rows])
    whole = {feature.name: feature for feature in usable}
    found: list[Statement] = []
    for one in again:
        if one.tells:
            found += _of_column(replace(one, feature=whole[one.name]), float(won[rows].mean()), naming)
    return tuple(found)


def _can_be_said(feature: Feature) -> bool:
    """Whether an engine that reads plain files would see the column as the analysis did."""
    if feature.field.kind == "number":
        return not np.any(feature.field.shapes.shape == Shape.FORMATTED)
    return feature.field.kind in ("text", "flag") or feature.only_filled


def _of_column(one: Predictor, rate: float, naming: Naming) -> list[Statement]:
    feature = one.feature
    if feature.event:
        return _of_event(one, naming)
    name = feature.derived or (naming.of(feature.field) if not feature.only_filled else _contact(feature, naming))
    if not name:
        return []
    if feature.only_filled:
        return _of_filled(one, name, naming)
    if feature.field.kind == "number" and any(level.low > -np.inf for level in feature.levels):
        return _of_ranges(one, name, rate, naming)
    return _of_groups(one, name, naming)


def _of_event(one: Predictor, naming: Naming) -> list[Statement]:
    """That an event happened; what happens more to leads who are not won is left to people."""
    did = next((rated for rated in one.levels if rated.level.label == DID), None)
    if did is None or did.lift_low <= 1 or not one.feature.event.isprintable():
        return []
    rule = naming.rule(one.feature.event)
    holds = one.feature.codes == 0
    return [Statement(rule, "", "engagement", _because(one, [did]), 1, holds, on=one.feature.event)]


def _contact(feature: Feature, naming: Naming) -> str:
    """The field whose being filled says something; contact fields are built in."""
    own = {Meaning.EMAIL: "email", Meaning.PHONE: "phone"}.get(feature.field.meaning)
    return own or (naming.of(feature.field) if feature.field.kind != "time" else "")


def _of_filled(one: Predictor, name: str, naming: Naming) -> list[Statement]:
    filled = next((rated for rated in one.levels if rated.level.label == "filled"), None)
    if filled is None or abs(filled.lift - 1) < 0.05:
        return []
    holds = one.feature.codes == 0
    rule = naming.rule(f"{name}_known")
    return [Statement(rule, f"{name} IS NOT NULL", "fit", _because(one, [filled]), 1 if filled.lift > 1 else -1, holds)]


def _of_groups(one: Predictor, name: str, naming: Naming) -> list[Statement]:
    """Values far above the mean, above it, and below it; each tier is one statement."""
    said = [rated for rated in one.levels if rated.level.label not in (REST, UNKNOWN) and _sayable(rated)]
    far = [rated for rated in said if rated.lift_low > STRONG]
    above = [rated for rated in said if 1 < rated.lift_low <= STRONG]
    below = [rated for rated in said if rated.lift_high < 1]
    found = []
    if far or above:
        # What speaks against most leads is said more simply by what speaks for the rest.
        below = [] if _part(one, below) > MOST_LEADS or len(said) == 2 else below
    for tier, way, rule in ((far, 1, "best"), (above, 1, "good"), (below, -1, "poor")):
        if tier:
            made = _tier(one, name, tier[:VALUES_MOST], way, naming.rule(_rule_name(name, tier, rule)))
            found += [made] if len(made.when) <= CONDITION_MOST else []
    unknown = next((rated for rated in one.levels if rated.level.label == UNKNOWN), None)
    if unknown is not None and unknown.lift_low > 1:
        holds = one.feature.codes == len(one.feature.levels) - 1
        rule = naming.rule(f"{name}_unknown")
        found.append(Statement(rule, f"{name} IS NULL", "fit", _because(one, [unknown]), 1, holds))
    return found


def _part(one: Predictor, tier: Sequence[Rated]) -> float:
    return sum(rated.share.trials for rated in tier) / len(one.feature.codes)


def _rule_name(name: str, tier: Sequence[Rated], rule: str) -> str:
    return slug(f"{name}_{tier[0].level.label}") if len(tier) == 1 else f"{name}_{rule}"


def _sayable(rated: Rated) -> bool:
    return all(text.isprintable() and len(text) <= LETTERS_MOST for text in rated.level.values)


def _tier(one: Predictor, name: str, tier: Sequence[Rated], way: int, rule: str) -> Statement:
    feature = one.feature
    places = [feature.levels.index(rated.level) for rated in tier]
    values = [text for rated in tier for text in rated.level.values]
    if _two_truths(feature.field) or LEAD_FIELDS.get(feature.derived) is Type.BOOLEAN:
        when = name if values[0].lower() in TRUE_TEXTS else f"NOT {name}"
    elif feature.field.kind == "number":
        when = f"{name} IN ({', '.join(values)})" if len(values) > 1 else f"{name} = {values[0]}"
    else:
        text = f"trim({name})" if feature.field.column.padded else name
        listed = ", ".join(map(literal, values))
        when = f"{text} IN ({listed})" if len(values) > 1 else f"{text} = {listed}"
    return Statement(rule, when, "fit", _because(one, tier), way, np.isin(feature.codes, places))


def _of_ranges(one: Predictor, name: str, rate: float, naming: Naming) -> list[Statement]:
    """Bounds beyond which leads are won more often, or less often, than the rest."""
    feature = one.feature
    by_place = {feature.levels.index(rated.level): rated for rated in one.levels}
    last = len(feature.levels) - 1
    found = []
    for cut in range(1, last):
        above = [by_place[place] for place in range(cut, last) if place in by_place]
        below = [by_place[place] for place in range(cut) if place in by_place]
        bound = feature.levels[cut].low
        up, down = _rate(above), _rate(below)
        if np.isnan(up) or np.isnan(down) or abs(up - down) < 0.1 * rate:
            continue
        way = 1 if up > down else -1
        said = f"{bound:.10g}".replace("e+", "e")
        rule = naming.rule(f"{name}_{said}_or_more")
        holds = (feature.codes >= cut) & (feature.codes < last)
        because = f"{one.name} of {bound:,.10g} or more: {up:.1%} won against {down:.1%} below"
        found.append(Statement(rule, f"{name} >= {said}", "engagement", because, way, holds))
    return found if says(feature.field.name, ACTIVITY) else [replace(one, part="fit") for one in found]


def _rate(levels: Sequence[Rated]) -> float:
    trials = sum(rated.share.trials for rated in levels)
    return sum(rated.share.hits for rated in levels) / trials if trials else float("nan")


def _because(one: Predictor, tier: Sequence[Rated]) -> str:
    hits, trials = sum(rated.share.hits for rated in tier), sum(rated.share.trials for rated in tier)
    named = ", ".join(rated.level.label for rated in tier[:3]) + (f" and {len(tier) - 3} more" if len(tier) > 3 else "")
    return f"{one.name} {named}: {hits:,.0f} of {trials:,.0f} won, {hits / trials:.1%}"


@dataclass(frozen=True, slots=True)
class LeadsMap:
    """What a map says of the leads: columns, constants, words for unknown, zone, format of times, encoding.

    ``events`` are (meaning, column) of a log of events, empty where the agreement asks for none.
    """

    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    timezone: str = ""
    time_format: str = ""
    encoding: str = ""
    events: tuple[tuple[str, str], ...] = ()
    events_timezone: str = ""

    def text(self, remark: str) -> str:
        """The map as a file."""
        lines = [f"# {remark}", "leads:", "  columns:"]
        lines += [f"    {name}: {written(column)}" for name, column in self.columns.items()]
        if self.constants:
            lines += ["  constants:", *(f"    {name}: {written(value)}" for name, value in self.constants.items())]
        if self.unknown:
            lines.append(f"  unknown: [{', '.join(written(word, chr(34)) for word in self.unknown)}]")
        for key, value in (("timezone", self.timezone), ("time_format", self.time_format), ("encoding", self.encoding)):
            lines += [f"  {key}: {written(value, chr(34) if key == 'time_format' else '')}"] if value else []
        if self.events:
            lines += ["events:", "  columns:", *(f"    {name}: {written(column)}" for name, column in self.events)]
            lines += [f"  timezone: {written(self.events_timezone)}"] if self.events_timezone else []
        return "\n".join(lines) + "\n"


def derived_sources(predictors: Sequence[Predictor]) -> dict[str, Field]:
    """The columns that derived fields need, by the field they are given as."""
    return {
        DERIVED_FROM[one.feature.derived]: one.feature.source for one in predictors if one.feature.source is not None
    }
