"""Whatever people hand in: a clear error or a reject with its place, never a traceback, never a row that vanishes."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from leadline.errors import InputError
from leadline.log.mapping import parse_mapping

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from log.conftest import Read

NOISE = random.Random(1).randbytes(5000)  # noqa: S311 - a file of noise
GOOD = b"lead_id,title\na,VP\nb,CTO\n"


def table_bytes(path: Path) -> bytes:
    """A Parquet file's content."""
    parquet.write_table(pa.table({"lead_id": [f"l{place}" for place in range(5000)]}), path)
    return path.read_bytes()


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "is empty"),
    "blank.csv": (b"\n\n", "is empty"),
    "empty.jsonl": (b" \n", "is empty"),
    "empty.parquet": (b"", "cannot be read|content is something else"),
    "garbage.csv": (NOISE, "no text"),
    "nul.csv": (b"\x00" * 100, "no text"),
    "garbage.parquet": (NOISE, "content is something else"),
    "garbage.xlsx": (NOISE, "content is something else"),
    "cut.xlsx": (b"PK\x03\x04" + NOISE[:500], "cannot be read as a workbook"),
    "cut.zip": (b"PK\x03\x04" + NOISE[:500], "cannot be unpacked"),
    "cut.csv.gz": (gzip.compress(GOOD * 1000)[:-20], "cannot be read"),
    "wrong.csv.gz": (GOOD, "not packed that way"),
    "latin.csv": (GOOD + "c,Geschäftsführer\n".encode("cp1252"), "line 4: this is not UTF-8.*encoding: cp1252"),
    "latin.jsonl": ('{"lead_id": "a"}\n{"lead_id": "ä"}'.encode("cp1252"), "line 2: this is not UTF-8"),
    "prose.jsonl": (b"Dear all,\nhere are the leads.\n", "not one line is a JSON object"),
    "cut.json": (b'[{"lead_id": "a"}, {"lead_id": ', "cannot be read.*one whole JSON list"),
    "doubled.csv": (b"lead_id,title,title\na,b,c\n", "two columns could be title"),
    "twins.csv": (b"Contact ID,Person ID\na,b\n", "two columns could be lead_id: Contact ID, Person ID"),
    "other.csv": (b"leadid_,name\n", "no lead is left|no column is lead_id"),
    "nothing.csv": (b"name,company\nx,y\n", "no column is lead_id.*Columns found: name, company"),
    "header.csv": (b"lead_id,title\n", "no lead is left"),
    "signs.csv": (b"lead_id,a;b\n1,2;3\n", "comma or semicolon"),
    "text.txt": (b"hello\nworld\n", "no column is lead_id"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files(name: str, tmp_path: Path, read: Read) -> None:
    content, message = UNREADABLE[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"(?s)({message})") as error:
        read(path)
    assert name in str(error.value) or "no lead is left" in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("at", [0.3, 0.6, 0.95])
def test_cut_and_damaged_parquet(at: float, tmp_path: Path, read: Read) -> None:
    path = tmp_path / "l.parquet"
    whole = table_bytes(path)
    path.write_bytes(whole[: int(len(whole) * at)])
    with pytest.raises(InputError, match=r"l\.parquet cannot be read"):
        read(path)
    damaged = bytearray(whole)
    damaged[100 : int(len(whole) * at * 0.8)] = b"\xaa" * (int(len(whole) * at * 0.8) - 100)
    path.write_bytes(bytes(damaged))
    try:
        read(path)
    except InputError as error:
        assert "l.parquet" in str(error)  # noqa: PT017 - some damage goes unnoticed


def test_missing_files(tmp_path: Path, read: Read) -> None:
    (tmp_path / "leads.csv").write_bytes(GOOD)
    with pytest.raises(InputError, match=r"lead\.csv does not exist\. Did you mean leads\.csv"):
        read(tmp_path / "lead.csv")
    with pytest.raises(InputError, match="no file matches"):
        read(f"{tmp_path}/*.parquet")
    with pytest.raises(InputError, match="Download it"):
        read("s3://bucket/leads.csv")
    with pytest.raises(InputError, match="list of files is empty"):
        read([])
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="no file that can be read"):
        read(tmp_path / "folder")
    (tmp_path / "folder" / "readme.md").write_text("hello")
    with pytest.raises(InputError, match="no file that can be read"):
        read(tmp_path / "folder")
    (tmp_path / "folder" / "a.csv").write_bytes(b"")
    with pytest.raises(InputError, match="all files are empty"):
        read(tmp_path / "folder")
    (tmp_path / "folder" / "b.csv").write_bytes(GOOD)
    notes = read(tmp_path / "folder").notes
    assert any("readme.md" in note for note in notes)
    assert any("a.csv is empty" in note for note in notes)


def test_what_is_no_source(read: Read) -> None:
    for strange in (5, {"a": 1}, object(), [1, 2]):
        with pytest.raises(InputError, match="cannot be read"):
            read(strange)
    with pytest.raises(InputError, match="leads cannot be read"):
        read(pd.DataFrame({"lead_id": ["a", 5, b"x"]}, dtype=object))


def test_broken_rows_are_rejects_with_their_numbers(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(b'lead_id,title\na,VP\nb\n\nc,"x\ny",z\n"d","multi\nline"\ne,CTO\n,CEO\n')
    inputs = read(path)
    assert inputs.lead_ids.to_pylist() == ["a", "d", "e"]
    found = [(row["row"], row["reason"], row["effect"]) for row in inputs.rejects().to_pylist()]
    assert found == [
        (2, "not a row: it has 1 cell, the header has 2", "row left out"),
        (3, "not a row: it has 3 cells, the header has 2", "row left out"),
        (6, "no lead id", "row left out"),
    ]
    counts = inputs.counts()
    assert counts.rows == {"leads": 6}
    assert counts.rejected == {("leads", "not a row"): 2, ("leads", "no lead id"): 1}


@pytest.mark.parametrize(
    ("broken", "lost"),
    [
        (b'b,"never closed\n', 1),
        (b'b,"closed" too early\n', 1),
        (b'b,5" screen\n', 0),
        (b'b,"a ""quoted"" word"\n', 0),
        (b'"b,VP\n', 1),
        (b'b,"x"y"\n', 1),
    ],
)
def test_a_broken_quote_costs_its_own_row_only(broken: bytes, lost: int, tmp_path: Path, read: Read) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(b"lead_id,title\na,VP\n" + broken + b'c,"CTO"\nd,"two\nlines"\ne,CEO\n')
    inputs = read(path)
    assert inputs.lead_ids.to_pylist() == ["a", *(["b"] if not lost else []), "c", "d", "e"]
    rejects = inputs.rejects().to_pylist()
    assert [row["row"] for row in rejects] == [2] * lost
    assert inputs.counts().rows == {"leads": 5}


def test_broken_lines_of_json(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text('{"lead_id": "a"}\n{"lead_id": \n\n["b"]\n5\n{"lead_id": "c", "new": {"x": [1]}}\n{"LEAD_ID": "d"}')
    inputs = read(path)
    assert inputs.lead_ids.to_pylist() == ["a", "c"]
    assert [(row["row"], row["reason"]) for row in inputs.rejects().to_pylist()] == [
        (2, "not a row: it is no JSON object"),
        (4, "not a row: it is no JSON object"),
        (5, "not a row: it is no JSON object"),
        (7, "no lead id"),
    ]


def test_odd_but_readable(tmp_path: Path, read: Read, rows: Callable[[str], list[Any]]) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(b'\n\n Lead ID ,,title,title 2\n"a\x00",,VP,x\n  b  ,,' + b"x" * 3_000_000 + b",y\n")
    read(path)
    assert [row["lead_id"] for row in rows("FROM leads")] == ["a\x00", "b"]
    assert [len(row["title"]) for row in rows("FROM versions")] == [2, 3_000_000]


def test_ten_thousand_columns(tmp_path: Path, read: Read) -> None:
    names = ["lead_id", *(f"c{place}" for place in range(9_999))]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join([",".join(names), *(",".join([f"l{row}", *["x"] * 9_999]) for row in range(3)), "short"]))
    inputs = read(path)
    assert inputs.lead_ids.to_pylist() == ["l0", "l1", "l2"]
    assert inputs.rejects().num_rows == 1
    with pytest.raises(InputError, match=r"9,959 more|9,960 more") as error:
        read(path, pa.table({f"c{place}": ["x"] for place in range(10_000)}))
    assert len(str(error.value)) < 1500


def test_encodings_that_are_said(tmp_path: Path, read: Read, rows: Callable[[str], list[Any]]) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes("lead_id,title\na,Geschäftsführer\n".encode("cp1252"))
    read(path, mapping=parse_mapping("leads: {encoding: cp1252}"))
    assert rows("FROM versions")[0]["title"] == "Geschäftsführer"
    with pytest.raises(InputError, match="'klingon' is not an encoding"):
        read(path, mapping=parse_mapping("leads: {encoding: klingon}"))
    with pytest.raises(InputError, match="line 2: this is not ASCII"):
        read(path, mapping=parse_mapping("leads: {encoding: ascii}"))


CELLS = st.text(st.sampled_from('ab ,;"\n\r\t|é'), max_size=6)


@given(table=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), sign=st.sampled_from(",;\t|"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_well_formed_text_is_read_back(table: list[tuple[str, str]], sign: str, tmp_path: Path) -> None:
    import csv

    from leadline.log.delimited import delimited, delimited_with_care
    from leadline.log.files import File
    from leadline.log.rows_of_text import Broken

    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened, delimiter=sign, quoting=csv.QUOTE_ALL)
        writer.writerows([("one", "two"), *table])
    for way in (delimited, delimited_with_care):
        broken = Broken()
        found = list(way(File(path, "text"), None, sign, broken))
        rows = [row for batch in found for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]
        assert rows == table
        assert not broken.rows


@given(content=st.text(st.sampled_from('ab,"\n\r'), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_line_vanishes(content: str, tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Every letter of a disorderly file is in some row or in some reject; the fast way agrees with the careful."""
    from leadline.log.delimited import StartAgainError, delimited, delimited_with_care
    from leadline.log.files import File
    from leadline.log.rows_of_text import Broken

    path = tmp_path / "t.csv"
    path.write_bytes(b"one,two\n" + content.encode())
    results = []
    for way in (delimited, delimited_with_care):
        broken = Broken()
        try:
            found = list(way(File(path, "text"), None, ",", broken))
        except StartAgainError:
            continue
        rows = [row for batch in found for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]
        numbers = [int(number) for batch in found for number in batch.numbers]
        assert sorted(numbers + [row.row for row in broken.rows]) == list(range(1, len(rows) + len(broken.rows) + 1))
        kept = "".join("".join(row) for row in rows) + "".join(row.text for row in broken.rows)
        assert kept.count("a") == content.count("a")
        assert kept.count("b") == content.count("b")
        results.append((rows, len(broken.rows)))
    if len(results) == 2 and not results[0][1]:
        assert results[0] == results[1]
