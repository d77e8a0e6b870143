"""How a page writes figures, texts and sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.clock import to_instant
from leadline.operations.report import page_of
from leadline.reporting import figures
from leadline.reporting.scored.agreed import blocks_of
from leadline.reporting.scored.page import Block, Latest, Share, Totals
from leadline.reporting.scored.sentences import answer, where_from
from leadline.reporting.texts import clean, shortened, spoken
from reporting.scored import decisions, scored

THIRD = "3 of 9 leads (33%) have qualified at least once. "
NOON = to_instant(datetime(2026, 5, 3, 12, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 10, "0%"),
        (1, 100_000, "<0.1%"),
        (1, 80, "1.2%"),
        (995, 10_000, "10%"),
        (1, 2, "50%"),
        (9_999_999, 10_000_000, ">99.9%"),
        (5, 5, "100%"),
        (0, 0, "0%"),
    ],
)
def test_shares(part: int, whole: int, written: str) -> None:
    assert figures.share(part, whole) == written


def test_numbers() -> None:
    assert figures.whole(-12_345) == "\u221212,345"
    assert [figures.compact(value) for value in (0, 950, 9_999, 12_345, 2_500_000)] == [
        "0", "950", "9,999", "12.3k", "2.5m",
    ]  # fmt: skip
    assert [figures.signed(value) for value in (26.46, -7.0, 0.04, -0.04)] == ["+26.5", "\u22127", "0", "0"]
    assert [figures.fitting(value) for value in (99_999, 123_456)] == ["99,999", "123k"]
    assert figures.points(1_234.56) == "1,235"
    assert figures.counted(1, "lead") == "1 lead"
    assert figures.counted(2_000, "lead") == "2,000 leads"


def test_moments() -> None:
    assert figures.moment(NOON, "Europe/Berlin") == "3 May 2026, 14:02"
    assert figures.exact(NOON + 5) == "2026-05-03T12:02:00.000005Z"
    assert figures.day(date(2026, 1, 31)) == "31 Jan 2026"


@given(st.text(max_size=40))
def test_clean_texts_can_be_printed(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned
    assert not set(cleaned) & set("\n\r\x00\u202e\u2066")


def test_clean_keeps_what_people_write() -> None:
    for text in ("Zoë Müller", "\u05d3\u05d5\u05d3\u200f!", "李小龙", "a\u0301", "Nguyễn"):
        assert clean(text) == text
    assert clean("a" + "\u0301" * 50) == "a" + "\u0301" * 4
    assert clean("\ud800") == "\ufffd"


@given(st.text(), st.integers(8, 80))
def test_shortened_texts_are_short_and_keep_their_ends(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert short == text or (short[:4] == text[:4] and short[-1] == text[-1])


def test_names_are_spoken() -> None:
    assert spoken("hand_raise") == "Hand raise"
    assert spoken("___") == "___"


def latest(*shares: tuple[str, float]) -> Latest:
    engagement = max(0.0, sum(points for _, points in shares))
    parts = tuple(Share(rule, points) for rule, points in shares)
    return Latest("L1", NOON, ("hand_raiser",), "mql", 90.0, "A", engagement, "hot", parts)


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ((), "Nothing counts now: it has faded, or was reset when the lead came back."),
        ((("call", 0.01),), "Nothing counts now: it has faded, or was reset when the lead came back."),
        ((("hand_raise", 24.44),), "Hand raise gives all of its 24.4 points."),
        ((("call", 20.0), ("chat", 4.0)), "Call gives 20 of its 24 points and chat 4."),
        (
            (("a", 9.0), ("b", 8.0), ("c", 7.0), ("d", 6.0), ("e", 5.0)),
            "A gives 9 of its 35 points, b 8, c 7 and 2 other rules 11.",
        ),
        ((("call", 20.0), ("careers_page", -5.0)), "Call gives 20 points; careers page takes 5 away."),
        ((("x", -5.0), ("y", -1.0)), "X and y take 6 away."),
    ],
)
def test_where_points_come_from(shares: tuple[tuple[str, float], ...], sentence: str) -> None:
    assert where_from(latest(*shares)) == sentence


@pytest.mark.parametrize(
    ("totals", "sentence"),
    [
        (Totals(0, 0, 0, 0, 0, 0), "Nobody yet: the input has no leads up to this moment."),
        (Totals(0, 3, 0, 0, 0, 0), "No lead can be reached yet: none has an email, a phone or a handle."),
        (Totals(9, 0, 0, 0, 0, 0), "None of 9 leads has qualified yet."),
        (Totals(1, 0, 1, 1, 0, 0), "1 of 1 lead (100%) has qualified at least once."),
        (
            Totals(9, 0, 0, 0, 1, 0),
            "None of 9 leads has qualified yet. 1 MQL waits for sales now; it is hot.",
        ),
        (Totals(9, 0, 3, 3, 1, 1), THIRD + "1 MQL waits for sales now; it is not hot."),
        (Totals(9, 0, 3, 3, 3, 0), THIRD + "3 MQLs wait for sales now; they are all hot."),
        (Totals(9, 0, 3, 3, 3, 1), THIRD + "3 MQLs wait for sales now; 1 of them is not hot."),
        (Totals(9, 0, 3, 3, 3, 2), THIRD + "3 MQLs wait for sales now; 2 of them are not hot."),
        (Totals(9, 0, 3, 3, 3, 3), THIRD + "3 MQLs wait for sales now; none of them is hot."),
    ],
)
def test_answers(totals: Totals, sentence: str) -> None:
    assert answer(replace(page_of(scored(decisions(5))), totals=totals)) == sentence


def test_the_agreement_is_taken_apart() -> None:
    assert blocks_of("Opening\n\nWHO FITS\n\nText:\n  - one\n  - two\n\nMore.\n") == (
        Block("text", ("Opening",)),
        Block("heading", ("Who fits",)),
        Block("text", ("Text:",)),
        Block("list", ("one", "two")),
        Block("text", ("More.",)),
    )


def test_a_very_long_agreement_is_cut_and_says_so() -> None:
    blocks = blocks_of("  - rule\n" * 9_000)
    assert sum(len(line) for block in blocks for line in block.lines) < 41_000
    assert blocks[-1].lines[0].startswith("The agreement is longer than this page.")
