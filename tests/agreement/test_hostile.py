"""Hostile files: refused in good time, and never with anything but an error that Leadline names."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.agreement.reading import read_file, read_text
from leadline.agreement.template import template_text
from leadline.errors import AgreementError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GENEROUS = 10.0
"""Seconds on a shared machine; each case takes well under one."""


def rule(condition: str) -> str:
    quoted = '"' + condition.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return template_text().replace("\"job_level = 'student'\"", quoted)


def criterion(text: str) -> str:
    return template_text().replace('"fit >= 50 AND engagement >= 60"', f'"{text}"')


def many_rules(count: int) -> str:
    return template_text().replace("  rules:\n    # The website", "  rules:\n" + "".join(
        f"    r{n}: {{on: A, points: 1}}\n" for n in range(count)
    ) + "    # The website")  # fmt: skip


BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)

TEXTS: dict[str, str] = {
    "yaml bomb": BOMB,
    "10,000 rules": many_rules(10_000),
    "600 rules": many_rules(600),
    "flow lists": "a: " + "[" * 5_000 + "]" * 5_000,
    "flow mappings": "a: " + "{a: " * 5_000,
    "block sequences": "- " * 5_000 + "x",
    "indentation": "\n".join(" " * n + "a:" for n in range(400)),
    "sub-query": rule("title IN (SELECT title FROM leads)"),
    "1 MB text": "name: " + "x" * 1_000_000,
    "regex": rule("title ~ '(a+)+$' OR title ~ '((a{1000}){1000}){1000}'"),
    "regex alternatives": rule("title ~ '" + "(a|b|ab)*" * 50 + "c'"),
    "nul": template_text().replace("DE", "D\0E"),
    "nul escaped": template_text().replace("Head of sales", '"a\\0b"'),
    "surrogate": template_text().replace("Head of sales", '"\\ud800"'),
    "no character": template_text().replace("Head of sales", '"\\U00110000"'),
    "duplicate keys": "fit: {}\n" * 5_000,
    "unknown keys": "\n".join(f"k{n}: 1" for n in range(9_000)),
    "tabs": template_text().replace("  ", "\t"),
    "1e400": template_text().replace("points: 40", "points: 1e400"),
    "5,000 digits": template_text().replace("points: 40", "points: " + "9" * 5_000),
    "3,900 digits": template_text().replace("points: 40", "points: " + "9" * 3_900),
    "digits in a condition": rule("employees > " + "9" * 3_900),
    "digits in a criterion": criterion("fit > " + "9" * 3_900),
    "python object": "name: !!python/object/apply:os.system ['true']",
    "merge keys": "<<: {name: x}\nfit: {<<: {max: 3}}",
    "two documents": template_text() + "---\n" + template_text(),
    "directive": "%YAML 3.7\n---\na: 1",
    "IN": rule("employees IN (" + ", ".join(str(n) for n in range(100_000)) + ")"),
    "IN within length": rule("employees IN (" + ",".join("1" * 1 for _ in range(1_900)) + ")"),
    "parentheses": rule("(" * 5_000 + "email_is_free" + ")" * 5_000),
    "parentheses within length": rule("(" * 1_900 + "email_is_free" + ")" * 1_900),
    "NOT": rule("NOT " * 5_000 + "email_is_free"),
    "NOT within length": rule("NOT " * 900 + "email_is_free"),
    "AND": rule(" AND ".join(["email_is_free"] * 200)),
    "OR of ANDs": rule(" AND ".join(["(title = 'a' OR title = 'b')"] * 120)),
    "minus": rule("- " * 1_500 + "employees > 1"),
    "plus": rule("+".join(["employees"] * 380) + " > 1"),
    "CASE": rule("CASE WHEN " * 130 + "email_is_free" + " THEN true END" * 130),
    "criterion parentheses": criterion("(" * 1_900 + "fit > 1" + ")" * 1_900),
    "criterion NOT": criterion("NOT " * 900 + "fit > 1"),
    "criterion OR": criterion(" OR ".join(["fit > 1 AND engagement > 2"] * 120)),
    "criterion AND of ORs": criterion(" AND ".join(["(fit > 1 OR engagement > 2)"] * 120)),
    "quotes": '"' * 100_001,
    "question marks": "? " * 60_000,
    "braces": "{" * 120_000,
    "tags": "!" * 120_000,
    "colons": "a: " + ":" * 120_000,
    "commas": "[" + "," * 100_000 + "]",
    "blank lines": "\n" * 120_000 + "a: 1",
    "long frequency": template_text().replace("1 per day", "1 per " + "day " * 900),
    "long name": template_text().replace("pricing_page:", "p" * 3_000 + ":"),
    "many templates of conditions": template_text() + "".join(f"\n# {n}" for n in range(9_000)),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hostile_texts(text: str, record_property: Callable[[str, object], None]) -> None:
    start = time.perf_counter()
    try:
        for problem in read_text(text).problems:
            assert len(str(problem)) < 1_000
    except AgreementError as error:
        assert len(str(error)) < 1_000  # noqa: PT017 - the other outcome is fine too
    seconds = time.perf_counter() - start
    record_property("seconds", seconds)
    assert seconds < GENEROUS


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "agreement.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + template_text().replace("\n", "\r\n").encode())
    assert read_file(path).problems == ()


@pytest.mark.parametrize("content", [template_text().encode("utf-16"), b"name: caf\xe9", b"\x80" * 100, b"\xff\xfe"])
def test_other_encodings_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "agreement.yaml"
    path.write_bytes(content)
    with pytest.raises(AgreementError, match="UTF-8"):
        read_file(path)


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b", "x" * 5_000])
def test_files_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        read_file(f"{tmp_path}/{name}")


def test_devices_and_endless_files(tmp_path: Path) -> None:
    with pytest.raises((InputError, AgreementError)):
        read_file("/dev/zero")
    sparse = tmp_path / "agreement.yaml"
    with sparse.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(AgreementError):
        read_file(sparse)


def list_problem(folder: Path, name: str) -> str:
    text = template_text().replace("{values: [rival.example, other-rival.example]}", f"{{file: {name}}}")
    start = time.perf_counter()
    problems = read_text(text, folder=folder).problems
    assert time.perf_counter() - start < GENEROUS
    return "\n".join(str(problem) for problem in problems)


def test_list_files_that_are_none(tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("secret", encoding="utf-8")
    (folder / "outside.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "device.csv").symlink_to("/dev/zero")
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    with (folder / "sparse.csv").open("wb") as file:
        file.truncate(2**30)
    (folder / "field.csv").write_text('"' + "x" * 200_000, encoding="utf-8")
    (folder / "latin.csv").write_bytes(b"caf\xe9")
    for name in ("../secret.csv", str(tmp_path / "secret.csv"), "outside.csv", "device.csv"):
        assert "outside the agreement's folder" in list_problem(folder, name), name
    for name in ("folder.csv", "pipe.csv", "missing.csv", "circle.csv", "x" * 3_000):
        assert "lists.competitors.file" in list_problem(folder, name), name
    assert "MiB" in list_problem(folder, "sparse.csv")
    assert "no CSV" in list_problem(folder, "field.csv")
    assert "UTF-8" in list_problem(folder, "latin.csv")
    assert "secret" not in list_problem(folder, "outside.csv")


def test_a_link_inside_the_folder_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("\ufeffrival.example;Rival\r\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert list_problem(tmp_path, "link.csv") == ""


SIGNS = "' \" { } [ ] : # &a *a !!x | > - ? % @ ` ~"
KEYWORDS = "null 1e400 0x1F NULL AND OR NOT ( ) , \\ << = * ; -- /* $$ ::int"
WORDS = "IN SELECT on é 😀 .5 e E' U&'"
SPACES = [" ", "\n", "\r", "\t", ": ", "- ", "\x85", "\u2028", "\ufeff", "9" * 30]
SNIPPETS = st.sampled_from([*SIGNS.split(), *KEYWORDS.split(), *WORDS.split(), *SPACES])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_of_the_template_breaks_the_reader(data: st.DataObject) -> None:
    text = template_text()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(SNIPPETS | st.text(max_size=4)) + text[end:]
    try:
        read_text(text)
    except AgreementError as error:
        assert error.problems  # noqa: PT017 - most mutations are still YAML
