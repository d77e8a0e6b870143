"""House rules as tests: what is not checked is a wish. CONTRIBUTING.md says why each rule is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "leadline"
SOURCES = sorted(PACKAGE.rglob("*.py"))
EVERYTHING = sorted(
    [
        *SOURCES,
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*.py"),
        *(ROOT / "scripts").glob("*.py"),
    ]
)

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 50
FOLDER_LEVELS_MAX = 2
BANNED_NAMES = (
    "utils",
    "helpers",
    "misc",
    "common",
    "core",
    "base",
    "manager",
    "service",
    "handler",
    "processor",
    "data",
    "info",
)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", EVERYTHING, ids=_name)
def test_files_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_LINES_MAX, f"{lines} lines: split it by its nouns"


@pytest.mark.parametrize("path", EVERYTHING, ids=_name)
def test_functions_are_short(path: Path) -> None:
    too_long = [
        f"{function.name} (line {function.lineno})"
        for function in _functions(path)
        if function.end_lineno is not None and function.end_lineno - function.lineno >= FUNCTION_LINES_MAX
    ]
    assert not too_long


@pytest.mark.parametrize("path", EVERYTHING, ids=_name)
def test_the_first_line_says_why_the_file_exists(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert re.match(r'"""[A-Z`\'0-9]', first), first


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_names_say_what_a_thing_is(path: Path) -> None:
    classes = [
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)
    ]
    assert path.stem not in BANNED_NAMES
    assert not [
        name for name in classes if name.lower().endswith(BANNED_NAMES) and not name.lower().endswith("database")
    ]


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_only_the_clock_reads_the_clock(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    allowed = {"clock.py", "terminal.py"}
    assert path.name in allowed or not re.search(r"datetime\.now\(|time\.time\(|date\.today\(|\bmonotonic\(", text)


def test_folders_are_flat() -> None:
    deep = [_name(path) for path in SOURCES if len(path.relative_to(PACKAGE).parents) - 1 > FOLDER_LEVELS_MAX]
    assert not deep


@pytest.mark.parametrize("path", EVERYTHING, ids=_name)
def test_nothing_is_left_unfinished(path: Path) -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert not marks.search(path.read_text(encoding="utf-8"))


def test_the_changelog_names_the_version() -> None:
    from leadline import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
