"""Charts: axes that hold their columns, bars of the right length, shades in order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.reporting.charts.bars import bar
from leadline.reporting.charts.columns import axis_ticks, column_chart, in_a_sentence, mean_of_full
from leadline.reporting.charts.heat import STEPS, heat
from reporting.markup import Element, parse

FIRST = date(2025, 12, 1)


def weeks_of(*counts: int) -> tuple[tuple[date, int], ...]:
    return tuple((FIRST + timedelta(weeks=place), count) for place, count in enumerate(counts))


def chart(*counts: int, width: float = 1000) -> Element:
    return parse(column_chart(weeks_of(*counts), "one", width=width, height=200))


@given(st.integers(0, 10**12))
def test_axis_is_short_whole_and_high_enough(most: int) -> None:
    ticks = axis_ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] >= max(1, most)
    assert 2 <= len(ticks) <= 5
    assert all(tick == int(tick) for tick in ticks)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=30), st.sampled_from([320.0, 1060.0]))
def test_columns_stay_inside(counts: list[int], width: float) -> None:
    for shape in chart(*counts, width=width).all("rect"):
        x, y, w, h = (float(shape.attributes[name]) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width + 0.02
        assert y + h <= 200


def test_columns_say_their_figures_and_the_last_is_unfinished() -> None:
    drawn = chart(3, 1, 5)
    titles = [str(title.children[0]) for title in drawn.all("title")]
    assert titles[:3] == [
        "Week of 1 Dec 2025: 3 qualifications",
        "Week of 8 Dec 2025: 1 qualification",
        "Week of 15 Dec 2025: 5 qualifications so far; this week is not over",
    ]
    hatched = [shape for shape in drawn.all("rect") if shape.attributes.get("fill") == "url(#hatch-one)"]
    assert len(hatched) == 1
    figures = [found.text for found in drawn.all("text") if found.attributes["class"] == "figure"]
    assert figures == ["3", "1", "5"]


def test_years_stand_below_the_first_month_and_january() -> None:
    texts = [found.text for found in chart(*[1] * 12).all("text") if found.attributes.get("y") != ""]
    assert [text for text in texts if text in {"Dec", "2025", "Jan", "2026", "Feb"}] == [
        "Dec", "2025", "Jan", "2026", "Feb",
    ]  # fmt: skip


def test_the_mean_leaves_the_unfinished_week_out() -> None:
    assert mean_of_full(weeks_of(2, 4, 900)) == 3
    assert mean_of_full(weeks_of(7)) == 0
    assert in_a_sentence(weeks_of(2, 4, 0)) == (
        "Qualifications a week from 1 Dec 2025: 3 on average, 4 at most, in the week of 8 Dec 2025; "
        "none so far in the unfinished week of 15 Dec 2025."
    )


@pytest.mark.parametrize(
    ("value", "x", "width"),
    [(100, 50, 150), (-50 / 1.5, 0, 50), (0, 50, 0), (0.001, 50, 1.5), (-0.001, 48.5, 1.5), (50, 50, 75)],
)
def test_bars_start_at_zero(value: float, x: float, width: float) -> None:
    shape = list(parse(bar(value, 100, "t", least=-100 / 3)).all("rect"))[1]
    assert float(shape.attributes["x"]) == pytest.approx(x, abs=0.02)
    assert float(shape.attributes["width"]) == pytest.approx(width, abs=0.02)
    assert shape.attributes["class"] == ("minus" if value < 0 else "accent")


def test_bars_escape_their_titles() -> None:
    title = next(parse(bar(1, 2, "</title><script>\u202e")).all("title"))
    assert title.children == ["</title><script>\ufffd"]


def test_a_bar_on_an_empty_axis_is_empty() -> None:
    assert 'width="0"' in bar(0, 0, "nothing")


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_shades_grow_with_counts(first: int, second: int) -> None:
    most = max(first, second)
    small, large = heat(min(first, second), most), heat(most, most)
    assert 0 <= small <= large <= STEPS
    assert (small == 0) == (min(first, second) == 0)
