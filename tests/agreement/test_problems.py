"""Every message about a mistake, on record: its line, its place, what is wrong, and the way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agreement.golden import check_golden
from leadline.agreement.reading import Reading, read_file
from leadline.errors import AgreementError, Problem

CASES = sorted((Path(__file__).parent / "problems").glob("*.yaml"))


def problems_of(path: Path) -> tuple[Problem, ...]:
    try:
        reading: Reading = read_file(path)
    except AgreementError as error:
        return error.problems
    return reading.problems


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_messages_are_on_record(path: Path) -> None:
    found = problems_of(path)
    text = "".join(f"{problem.severity}: {problem}\n" for problem in found)
    check_golden(path.with_suffix(".txt"), text)


def test_there_are_enough_cases_and_each_says_what_and_where() -> None:
    found = [(path, problem) for path in CASES for problem in problems_of(path)]
    assert len({problem.message for _, problem in found}) >= 100
    for path, problem in found:
        where = f"{path.stem}: {problem}"
        assert problem.message.endswith((".", "?")), where
        assert len(problem.message) < 500, where
        assert not re.search(r"Traceback|<class|object at", problem.message), where
        if not path.stem.startswith(("fatal", "merge")):
            assert problem.line > 0, where


def test_one_mistake_is_reported_once() -> None:
    """A rule, field or list with a problem is not reported again where it is used."""
    criteria = problems_of(Path(__file__).parent / "problems" / "criteria.yaml")
    assert not any(problem.place == "mql.when.unread" for problem in criteria)
