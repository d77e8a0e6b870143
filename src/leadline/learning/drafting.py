"""Drafts a first agreement: from statements that are true of some leads, points, thresholds, and the text itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from leadline.agreement.format.yaml_spans import written
from leadline.learning.scorecard import fit_card

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from leadline.estimates.shares import Share

    Bools = npt.NDArray[np.bool_]
    Reals = npt.NDArray[np.float64]

Part = Literal["fit", "engagement"]
TERMS_MOST: Final = 12
WINS_LEAST: Final = 20
SCALE: Final = 100
FRESH: Final = "30d"
"""So long an event counts."""
STEP: Final = 5
"""Points are multiples of it."""
STEPS: Final = 24
"""So many thresholds of each score are tried."""
ROWS_MOST: Final = 40_000
LEAST_GAIN: Final = 1e-6
WORTH_A_WAY: Final = 0.01
"""A way to qualify that adds less than this to recall less false alarms is left out."""


@dataclass(frozen=True, slots=True)
class DraftField:
    """A field that the agreement declares: its type, label, and the text of its YAML key."""

    name: str
    type: str
    label: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that is true of some leads: a condition, and ``holds`` (n). ``because`` is its evidence in words.

    ``on`` is the event of a rule that counts events. ``way`` is 1 where it speaks for a lead, -1 where against.
    """

    name: str
    when: str
    part: Part
    because: str
    way: int
    holds: Bools
    on: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a lead qualifies: by ``fit`` alone, by ``engagement`` alone, or by ``both`` together; ``None``: not so."""

    fit: int | None = None
    engagement: int | None = None
    both: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Statements with their points, thresholds and grade bounds; ``terms`` are those with points, the largest first."""

    terms: tuple[tuple[Statement, int], ...]
    thresholds: Thresholds
    grades: tuple[int, int, int]
    levels: tuple[int, int]

    def score(self, part: Part) -> Reals:
        """The scores (n) of one part over the leads of the statements, as the engine clips them."""
        found = np.zeros(len(self.terms[0][0].holds)) if self.terms else np.zeros(0)
        for statement, points in self.terms:
            if statement.part == part:
                found += points * statement.holds
        return np.clip(found, 0, SCALE)

    def qualifies(self) -> Bools:
        """Which leads (n) would qualify."""
        return qualifying(self.thresholds, self.score("fit"), self.score("engagement"))

    def of(self, part: Part) -> list[tuple[Statement, int]]:
        """The terms of one part."""
        return [term for term in self.terms if term[0].part == part]


@dataclass(frozen=True, slots=True)
class Graded:
    """The later leads of one grade."""

    grade: str
    share: Share


@dataclass(frozen=True, slots=True)
class Cut:
    """What one threshold of the summed points would mean for the later leads."""

    bound: int
    chosen: Share
    precision: Share
    recall: Share


@dataclass(frozen=True, slots=True)
class Trial:
    """How the draft did on the later leads, as the engine decided: ``chosen`` of all, ``precision``, ``recall``.

    ``since`` (µs) is when the later part begins, ``NEVER`` where leads have only an order. ``base`` is the won share of
    all later leads; ``cuts`` are thresholds of the score; ``agrees`` says that engine and draft chose the same leads.
    """

    trained: int
    tested: int
    since: int
    base: Share
    chosen: Share
    precision: Share
    recall: Share
    auc: float
    grades: tuple[Graded, ...]
    cuts: tuple[Cut, ...]
    agrees: bool

    @property
    def lift(self) -> float:
        """How many times more often those chosen were won than all."""
        return self.precision.rate / self.base.rate if self.base.hits else float("nan")

    @property
    def lift_interval(self) -> tuple[float, float]:
        """The lift at the ends of the interval of the precision."""
        return self.precision.low / self.base.rate, self.precision.high / self.base.rate


def qualifying(thresholds: Thresholds, fit: Reals, engagement: Reals) -> Bools:
    """Which leads (n) reach the thresholds."""
    found = np.zeros(len(fit), bool)
    if thresholds.fit is not None:
        found |= fit >= thresholds.fit
    if thresholds.engagement is not None:
        found |= engagement >= thresholds.engagement
    if thresholds.both is not None:
        found |= (fit >= thresholds.both[0]) & (engagement >= thresholds.both[1])
    return found


def drafted(statements: Sequence[Statement], won: Bools, train: Bools) -> Draft | None:
    """The draft that leads of ``train`` (n) suggest; ``None`` where there is too little to learn from."""
    rows = np.flatnonzero(train)
    if len(rows) > ROWS_MOST:
        rows = rows[np.linspace(0, len(rows) - 1, ROWS_MOST).astype(np.intp)]
    known = won[rows]
    if known.sum() < WINS_LEAST or known.all() or not statements:
        return None
    features = np.column_stack([statement.holds[rows] for statement in statements])
    ways = np.array([statement.way for statement in statements])
    card = fit_card(features, known, [s.name for s in statements], signs=ways, max_terms=TERMS_MOST)
    terms = [(s, int(p)) for s, p in zip(statements, card.points, strict=True) if p]
    if not any(points > 0 for _, points in terms):
        return None
    terms = _scaled(terms, rows)
    terms.sort(key=lambda term: (-abs(term[1]), term[0].name))
    bare = Draft(tuple(terms), Thresholds(), (0, 0, 0), (0, 0))
    fit, engagement = bare.score("fit")[rows], bare.score("engagement")[rows]
    hot = max(STEP, int(np.quantile(engagement, 0.9)))
    thresholds = _Search(fit, engagement, known).best()
    return Draft(tuple(terms), thresholds, _grades(fit), (hot, max(1, hot // 2)))


def _scaled(terms: list[tuple[Statement, int]], rows: npt.NDArray[np.intp]) -> list[tuple[Statement, int]]:
    """Points stretched so that the best leads come near the top of the scale, in steps that people can remember."""
    totals = {"fit": np.zeros(len(rows)), "engagement": np.zeros(len(rows))}
    for statement, points in terms:
        totals[statement.part] += points * statement.holds[rows]
    top = max(float(total.max()) for total in totals.values())
    factor = SCALE / top if top > 0 else 1.0
    return [(statement, _stepped(points * factor)) for statement, points in terms]


def _stepped(points: float) -> int:
    """To a multiple of five; never to nothing."""
    size = max(STEP, STEP * round(abs(points) / STEP))
    return int(np.copysign(size, points))


def _grades(fit: Reals) -> tuple[int, int, int]:
    """Bounds of the grades A, B and C: sums that leads reach, A by about the best tenth, each next about half of it."""
    values = [int(value) for value in np.unique(fit[fit > 0])] or [3 * STEP]
    a = next((value for value in values if value >= np.quantile(fit, 0.9)), values[-1])
    a = max(3, a)
    b = min((value for value in values if value < a), key=lambda value: abs(value - a / 2), default=max(2, a // 2))
    b = max(2, b)
    c = min((value for value in values if value < b), key=lambda value: abs(value - b / 2), default=max(1, b // 2))
    return a, b, c


class _Search:
    """Looks for thresholds: those who qualify shall be won most surely against how many are missed.

    The measure is recall less false alarms (Youden 1950). It is the highest where one more lead would be won no more
    often than leads are on average. Each way to qualify is moved in turn until none gains.
    """

    def __init__(self, fit: Reals, engagement: Reals, won: Bools) -> None:
        self.bounds = (_steps(fit), _steps(engagement))
        places = [
            np.searchsorted(bounds, score, side="right")
            for bounds, score in zip(self.bounds, (fit, engagement), strict=True)
        ]
        size = (len(self.bounds[0]) + 1, len(self.bounds[1]) + 1)
        grid = np.zeros(size)
        np.add.at(grid, (places[0], places[1]), np.where(won, 1 / max(1, won.sum()), -1 / max(1, (~won).sum())))
        self.gains = grid

    def best(self) -> Thresholds:
        """The thresholds found."""
        rows, columns = self.gains.shape
        choice: dict[str, Any] = {"fit": rows, "engagement": columns, "both": (rows, columns)}
        ways: dict[str, list[Any]] = {
            "fit": list(range(1, rows + 1)),
            "engagement": list(range(1, columns + 1)),
            "both": [(a, b) for a in range(1, rows) for b in range(1, columns)] + [(rows, columns)],
        }
        orders = (("both", "fit", "engagement"), ("fit", "engagement", "both"), ("engagement", "fit", "both"))
        climbed = [self._climbed(choice, [(way, ways[way]) for way in order]) for order in orders]
        return self._said(max(climbed, key=self._gain))

    def _climbed(self, choice: dict[str, Any], ways: list[tuple[str, list[Any]]]) -> dict[str, Any]:
        """The choice after moving one way after another, as long as that gains."""
        while True:
            before = self._gain(choice)
            for way, options in ways:
                gains = [(self._gain(choice | {way: one}), one) for one in options]
                choice = choice | {way: max(gains)[1]}
            if self._gain(choice) <= before + LEAST_GAIN:
                return choice

    def _gain(self, choice: dict[str, Any]) -> float:
        a, b = choice["both"]
        chosen = np.zeros(self.gains.shape, bool)
        chosen[choice["fit"] :, :] = True
        chosen[:, choice["engagement"] :] = True
        chosen[a:, b:] = True
        return float(self.gains[chosen].sum())

    def _said(self, choice: dict[str, Any]) -> Thresholds:
        """The choice in points, without ways that add little."""
        rows, columns = self.gains.shape
        none: dict[str, Any] = {"fit": rows, "engagement": columns, "both": (rows, columns)}
        for way in ("both", "engagement", "fit"):
            without = choice | {way: none[way]}
            if self._gain(without) >= self._gain(choice) - WORTH_A_WAY:
                choice = without
        a, b = choice["both"]
        fits, engagements = self.bounds
        return Thresholds(
            fits[choice["fit"] - 1] if choice["fit"] < rows else None,
            engagements[choice["engagement"] - 1] if choice["engagement"] < columns else None,
            (fits[a - 1], engagements[b - 1]) if a < rows else None,
        )


def _steps(score: Reals) -> list[int]:
    """Bounds worth trying: the values that a score takes, few and evenly spread over the leads."""
    values = np.unique(score[score > 0])
    if len(values) > STEPS:
        values = np.unique(np.quantile(score[score > 0], np.linspace(0, 1, STEPS), method="nearest"))
    return [int(value) for value in values]


def agreement_text(
    draft: Draft, name: str, fields: Sequence[DraftField], about: Mapping[str, str], remarks: Sequence[str] = ()
) -> str:
    """The draft as a file. ``about`` are ``timezone`` and ``currency``; ``remarks`` are comments at its head."""
    lines = [*(f"# {one_line(remark)}" for remark in remarks), "leadline: 1", f"name: {written(name)}"]
    lines += [f"{key}: {written(value)}" for key, value in about.items()]
    if fields:
        lines += ["", "fields:"]
        lines += [f"  {f.name}: {{type: {f.type}, label: {written(f.label)}, ask: false}}" for f in fields]
    a, b, c = draft.grades
    lines += ["", "fit:", f"  grades: {{A: {a}, B: {b}, C: {c}}}", "  personas:", "    likely_customer:"]
    lines += ["      label: Likely customer", *_rules(draft.of("fit"), "      ")]
    hot, warm = draft.levels
    lines += ["", "engagement:"]
    lines += [f"  levels: {{hot: {hot}, warm: {warm}}}"] if draft.of("engagement") else []
    lines += _rules(draft.of("engagement"), "  ")
    lines += ["", "mql:", "  when:", *(f"    {criterion}" for criterion in _criteria(draft.thresholds))]
    return "\n".join(lines) + "\n"


def _rules(terms: Sequence[tuple[Statement, int]], indent: str) -> list[str]:
    if not terms:
        return [f"{indent}rules: {{}}"]
    lines = [f"{indent}rules:"]
    for statement, points in terms:
        lines.append(f"{indent}  # {one_line(statement.because)}")
        on = f"on: {written(statement.on)}, " if statement.on else ""
        when = f"when: {written(statement.when, chr(34))}, " if statement.when else ""
        often = f", at_most: 1 per {FRESH}, expires: {FRESH}" if statement.on else ""
        lines.append(f"{indent}  {statement.name}: {{{on}{when}points: {points}{often}}}")
    return lines


def _criteria(thresholds: Thresholds) -> list[str]:
    found = []
    if thresholds.both is not None:
        found.append(f'fit_and_engaged: "fit >= {thresholds.both[0]} AND engagement >= {thresholds.both[1]}"')
    if thresholds.fit is not None:
        found.append(f'fits_well: "fit >= {thresholds.fit}"')
    if thresholds.engagement is not None:
        found.append(f'very_engaged: "engagement >= {thresholds.engagement}"')
    return found


def one_line(text: str) -> str:
    """A text that cannot end the comment it stands in."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]", " ", text)
