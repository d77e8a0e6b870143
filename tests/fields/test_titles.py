"""Job titles in a dozen languages, as people write them: what level they name, and what work."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.fields import titles
from leadline.fields.catalogue import JobFunction, JobLevel
from leadline.fields.phrases import read_rows
from leadline.fields.titles import job_function, job_level
from leadline.fields.words import words

CASES = Path(__file__).parent / "cases"


def listed(name: str) -> list[tuple[str, str]]:
    """The cases of a file as (title, what it names); ``\\u200b`` and the like stand for signs that cannot be seen."""
    cases, names = [], ""
    for line in (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            names = line.strip("[]")
        elif line and not line.startswith("#"):
            cases.append(
                (re.sub(r"\\(u[0-9a-f]{4}|x[0-9a-f]{2})", lambda sign: chr(int(sign[1][1:], 16)), line), names)
            )
    return cases


LEVELS, FUNCTIONS = listed("job_levels"), listed("job_functions")


@pytest.mark.parametrize(("title", "level"), LEVELS)
def test_level(title: str, level: str) -> None:
    assert job_level(title) == level


@pytest.mark.parametrize(("title", "function"), FUNCTIONS)
def test_function(title: str, function: str) -> None:
    assert job_function(title) == function


@pytest.mark.parametrize("title", ["", " ", "\u00a0", "\u200b", "-", "--", "...", "n/a", "N/A", "none", "?", "&nbsp;"])
def test_blank_titles_are_unknown(title: str) -> None:
    assert job_level(title) is None
    assert job_function(title) is None


def test_a_column_answers_as_each_title_alone() -> None:
    column = pa.chunked_array([["CEO", None, "Intern"], ["", "CEO", "VP Sales"]])
    expected = ["c_level", None, "student", None, "c_level", "vp"]
    for way in (column, column.combine_chunks(), column.dictionary_encode(), column.cast(pa.large_string())):
        assert titles.job_levels(way).to_pylist() == expected
    assert titles.job_functions(column).to_pylist() == ["other", None, "other", None, "other", "sales"]
    assert titles.job_levels(pa.nulls(2)).to_pylist() == [None, None]
    assert titles.job_levels(pa.array([], pa.string())).type == pa.string()


@given(st.text())
def test_any_text_has_an_answer(title: str) -> None:
    level, function = job_level(title), job_function(title)
    assert (level is None) == (function is None)
    assert level is None or level in get_args(JobLevel)
    assert function is None or function in get_args(JobFunction)


PIECES = [title for title, _ in LEVELS + FUNCTIONS]


@given(
    st.sampled_from(PIECES),
    st.sampled_from(["  {} ", "\u200b{}", "{}\u00a0", "{}.", "({})", "\t{}\n", '"{}"']),
)
def test_what_stands_around_a_title_changes_nothing(title: str, frame: str) -> None:
    assert job_level(frame.format(title)) == job_level(title)
    assert job_function(frame.format(title)) == job_function(title)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
def test_of_several_titles_the_highest_counts(several: list[str]) -> None:
    order = ["individual", "student", "manager", "director", "vp", "c_level"]
    highest = max(order.index(job_level(title) or "individual") for title in several)
    assert job_level(" | ".join(several)) == order[highest]


def test_the_longest_page_costs_no_time() -> None:
    assert job_level("CEO, " + "assistant to the " * 100_000) == "c_level"


def table() -> str:
    return files("leadline.fields").joinpath("tables/job_titles.tsv").read_text(encoding="utf-8")


def test_the_table_is_tidy() -> None:
    rows = read_rows(table())
    values = {"level": get_args(JobLevel), "function": get_args(JobFunction)}
    values["scope"] = ("and", "employer", "former", "retired", "whose", "ex", "others")
    places: dict[tuple[object, ...], str] = {}
    for row in rows:
        assert row.mark.value in values.get(row.mark.field, ("-",)), row
        assert (row.mark.weight > 0) == (row.mark.field == "function"), row
        assert all(sign in ("^", "[", "]") or sign[0] in "<>" for sign in row.unless), row
        for text in row.phrases:
            assert words(text), row
            if row.mark.field == "level" and not row.unless:
                phrase = (*words(text), text.strip("*") != text)
                assert places.setdefault(phrase, row.mark.value) == row.mark.value, text


def test_the_version_moves_with_the_content() -> None:
    name, number = titles.TITLES_TABLE.split()
    assert f"# name: {name}\n# version: {number}\n" in table()
    rows = "\n".join(line for line in table().splitlines() if not line.startswith("#"))
    content = hashlib.sha256(rows.encode()).hexdigest()[:16]
    assert (number, content) == ("2026.1", "a256061d09136366"), "content changed: a new version is due"
