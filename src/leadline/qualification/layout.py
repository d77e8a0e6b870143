"""The columns that folding works on, and the numbers that stand for stages, measures and periods in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Bits = npt.NDArray[np.int64]
    Whole = npt.NDArray[np.int64]
    Tiny = npt.NDArray[np.uint8]
    Keys = npt.NDArray[np.uint64]
    Real = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.void]

NEVER: Final = np.iinfo(np.int64).min
"""Before all time; also: it has not happened."""

BITS_PER_WORD: Final = 62
"""Rules a mask column: sums of powers of two that stay positive in a signed 64-bit integer."""

# Flags of an event: machine, two-way, and from bit 4 the stage record (1-based order of STAGE_RECORDS, 0 for none).
MACHINE: Final = 1
TWO_WAY: Final = 2
RECORD_SHIFT: Final = 4

# Stages: those before `mql` are one state here; which of them it is, is a fact about profile and events.
PRE, MQL, SAL, SQL, OPPORTUNITY, CUSTOMER, LOST, NURTURE, DISQUALIFIED = range(9)

# Kinds of rules, of their windows, and of what a threshold measures.
POINTS, THRESHOLD, STATE = range(3)
UNLIMITED, EVER, PER_DAY, PER_WEEK, PER_MONTH, PER_DURATION = range(6)
COUNT, SUM, DISTINCT = range(3)

# What a criterion looks at, and how.
FIT, ENGAGEMENT, PERSONA, GRADE, LEVEL, RULE, GROUP, RULE_COUNT, RULE_AGE, CONSTANT = range(10)
EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL = range(6)
COMPARE, AND, OR, NOT = range(4)


class Log(NamedTuple):
    """Records of many leads, each lead's events and profile versions in one run sorted by instant.

    Events: ``at`` (n) µs, ``flags`` (n), ``hits`` (n, words) one bit a rule, ``values`` (n, sums) NaN for unknown,
    ``keys`` (n, keyed) 0 for unknown. Profiles: ``known_at`` (m) µs or NEVER, ``truths`` (m, words) one bit a
    condition, ``reachable`` (m). ``blank`` (1, words): the conditions that are true of a lead of whom nothing is known.
    """

    at: Whole
    flags: Tiny
    hits: Bits
    values: Real
    keys: Keys
    known_at: Whole
    truths: Bits
    reachable: Tiny
    blank: Bits


class Spans(NamedTuple):
    """One answer each (r): whose records (half-open runs in the log) and as of when (µs)."""

    first_event: Whole
    end_event: Whole
    first_profile: Whole
    end_profile: Whole
    as_of: Whole


RULE_ROW: Final = np.dtype(
    [
        ("kind", "i8"), ("bit", "i8"), ("points", "f8"), ("half_life", "f8"), ("expires", "i8"), ("max", "f8"),
        ("group", "i8"), ("survives", "i8"), ("limit", "i8"), ("period", "i8"), ("span", "i8"), ("key", "i8"),
        ("at_least", "f8"), ("measure", "i8"), ("value", "i8"), ("truth", "i8"),
    ]
)  # fmt: skip
"""A rule of engagement. Times in µs, 0 for none; ``expires`` is also a threshold's window; places are -1 for none:
``bit`` among hits, ``group``, ``key`` and ``value`` columns, ``truth`` among conditions on the profile."""

PERSONA_ROW: Final = np.dtype([("first", "i8"), ("end", "i8")])
FIT_RULE_ROW: Final = np.dtype([("truth", "i8"), ("points", "f8")])
COMPARE_ROW: Final = np.dtype(
    [
        ("left", "i8"),
        ("left_of", "i8"),
        ("comparator", "i8"),
        ("right", "i8"),
        ("right_of", "i8"),
        ("constant", "f8"),
    ]
)
STEP_ROW: Final = np.dtype([("operation", "i8"), ("argument", "i8")])
CRITERION_ROW: Final = np.dtype([("first", "i8"), ("end", "i8"), ("fit_min", "f8"), ("engagement_min", "f8")])
"""A criterion: its postfix steps, and what fit and engagement must reach before it is worth evaluating."""

SETTINGS_ROW: Final = np.dtype(
    [("fit_max", "f8"), ("engagement_max", "f8"), ("cooldown", "i8"), ("reset", "i8"), ("lost", "i8")]
)


class Plan(NamedTuple):
    """An agreement as numbers: all that folding needs beside the log.

    ``of_bit`` gives the rule of a hit's bit; ``needs`` (criteria, 4) rules that must have had a hit, -1 for none;
    ``shift`` (µs) is how far the time zone is ahead of UTC from ``shift_at`` on; ``settings`` is one row.
    """

    rules: Rows
    of_bit: Whole
    knockouts: Whole
    personas: Rows
    fit_rules: Rows
    grades: Real
    group_max: Real
    levels: Real
    compares: Rows
    steps: Rows
    criteria: Rows
    needs: Whole
    shift_at: Whole
    shift: Whole
    settings: Rows


LEAD_ANSWER: Final = np.dtype(
    [
        ("stage", "i8"), ("two_way", "i8"), ("latest_known", "i8"), ("seen", "i8"), ("fit", "f8"), ("persona", "i8"),
        ("engagement", "f8"),
    ]
)  # fmt: skip
"""``latest_known`` is the profile version in force, -1 for none; ``seen`` whether there is any record by then."""

RULE_ANSWER: Final = np.dtype(
    [
        ("hits", "i8"), ("accepted", "i8"), ("measure", "f8"), ("raw", "f8"), ("capped", "f8"), ("counted", "f8"),
        ("last_hit", "i8"),
    ]
)  # fmt: skip
PEAK_ROW: Final = np.dtype([("at", "i8"), ("fit", "f8"), ("engagement", "f8")])
"""When a lead's fit and engagement together were highest (µs, the first time; NEVER without a record), and both."""

QUALIFICATION_ROW: Final = np.dtype([("span", "i8"), ("at", "i8")])


class Answers(NamedTuple):
    """What folding found out: for each span (r), for each rule in it (r, k), for each group (r, g); and qualifications
    one below the other, ``because`` with one bit a criterion; the first ``found[0]`` of them are filled. ``leads``,
    ``rules``, ``groups`` and ``peaks`` have no row where nobody asks for them."""

    leads: Rows
    rules: Rows
    groups: Real
    qualifications: Rows
    because: Bits
    found: Whole
    peaks: Rows


class Examination(NamedTuple):
    """Criteria as of each span's moment: both sides of each comparison (r, n), and whether each comparison (r, n) and
    each criterion (r, c) is false (0), unknown (1) or true (2); knock-outs (r), end of the cool-down (r, or NEVER).
    """

    left: Real
    right: Real
    compared: Whole
    holds: Whole
    knocked_out: Whole
    cool_until: Whole
