"""The page is right: well formed, self-contained, escaped, and its totals are those of the summary."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from leadline.errors import InputError
from leadline.operations.report import page_of, write_report
from leadline.operations.score import Scored
from leadline.reporting.scored.rendering import page_html
from reporting.markup import Element, parse, section
from reporting.scored import Understood, decisions, scored

LARGEST = 300_000
if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "<script>alert(1)</script>",
    "x" * 10_000,
    "\u202eSIHT EDIH",
    "\u05d0\u05d1\u05d2\u200f" * 40,
    "\" onmouseover='alert(1)' \"",
    "\x00\x07bell\n\nline",
    "&lt;already&gt;",
    "\U0001f600" * 5_000,
    "A" + "\u0301" * 5_000,
    "</title></style></table>",
)


@pytest.fixture(scope="module")
def run() -> Scored:
    rejected = pa.table({"source": ["events"] * 3 + ["leads"], "reason": ["late"] * 3 + ["no lead_id"]})
    notes = ("`when` is read as occurred_at.",)
    return scored(decisions(400), Understood(notes, rejected), ("line 3: a warning.",))


@pytest.fixture(scope="module")
def text(run: Scored) -> str:
    return page_html(page_of(run))


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return parse(text)


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_says_what_it_answers_and_of_which_agreement(page: Element, run: Scored) -> None:
    header = next(page.all("header")).text
    assert [heading.text for heading in page.all("h1")] == ["Which leads are qualified, and why?"]
    assert run.agreement.name in header
    assert run.summary.version in header
    assert "as of 30 Sep 2026, 17:00" in header  # Europe/Berlin
    assert next(page.all("time")).attributes["title"] == "2026-09-30T15:00:00Z"


def test_head_figures_are_those_of_the_summary(page: Element, run: Scored) -> None:
    figures = [number(found.text) for found in page.all("dd") if "number" in found.attributes["class"]]
    summary = run.summary
    assert figures == [summary.leads, summary.qualified_leads, summary.stale, summary.visitors]


def test_grid_is_that_of_the_summary(page: Element, run: Scored) -> None:
    table = next(section(page, "Who fits, and who is interested?").all("table"))
    counts = [
        [number(next(cell.all("b")).text) for cell in row.all("td")] for row in table.all("tr") if list(row.all("td"))
    ]
    expected = [[*row, sum(row)] for row in run.summary.grid]
    expected.append([*(sum(column) for column in zip(*run.summary.grid, strict=True)), run.summary.leads])
    assert counts == expected


def test_weeks_are_those_of_the_summary(page: Element, run: Scored) -> None:
    rows = next(section(page, "How many qualify each week?").all("table")).rows()
    assert [number(count) for _, count in rows[1:]] == [count for _, count in reversed(run.summary.weeks)]
    assert rows[1][0] == "28 Sep 2026 (not over)"


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        ("Why did they qualify?", "reasons"),
        ("Where are they now?", "stages"),
        ("What do we not know?", "unknown"),
    ],
)
def test_bars_are_those_of_the_summary(page: Element, run: Scored, heading: str, what: str) -> None:
    rows = next(section(page, heading).all("table")).rows()
    assert [number(row[-1]) for row in rows[1:]] == [count for _, count in getattr(run.summary, what)]


def test_drivers_are_those_of_the_summary(page: Element, run: Scored) -> None:
    rows = next(section(page, "What moves engagement now?").all("table")).rows()
    assert [number(row[1]) for row in rows[1:]] == [leads for _, leads, _ in run.summary.drivers]
    assert "\u22127" in [row[2] for row in rows[1:]]


def test_latest_table_names_the_latest_leads(page: Element, run: Scored) -> None:
    rows = next(section(page, "Who qualified last?").all("table")).rows()
    latest = page_of(run).latest
    assert [row[0] for row in rows[1:]] == [found.lead for found in latest]
    assert len(latest) == 25
    assert rows[1][-1].startswith("Meeting gives")
    assert rows[1][-1].endswith("careers page takes 7 away.")


def test_agreement_notes_and_rejects_are_told(page: Element) -> None:
    agreed = section(page, "What was agreed?").text
    read = section(page, "How was the input read?")
    assert "Who fits" in agreed
    assert "However interested, a lead is never qualified" in agreed
    assert "`when` is read as occurred_at." in read.text
    assert "line 3: a warning." in read.text
    assert "4 rows left out" in read.text
    assert next(read.all("table")).rows()[1:] == [["events", "late", "3"], ["leads", "no lead_id", "1"]]


def test_headings_tables_and_pictures_can_be_heard(page: Element) -> None:
    levels = [int(found.tag[1]) for found in page.all() if re.fullmatch(r"h\d", found.tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in cell.attributes for cell in page.all("th"))
    for picture in page.all("svg"):
        assert picture.attributes.get("aria-hidden") == "true" or picture.attributes["aria-label"]
    ids = [found.attributes["id"] for found in page.all() if "id" in found.attributes]
    assert len(ids) == len(set(ids))


def test_asks_no_host_and_runs_no_script(text: str, page: Element) -> None:
    assert not re.search(r"https?:|//[a-z]|@import|javascript:|data:", text)
    assert set(re.findall(r"url\([^)]*\)", text)) == {"url(#hatch-wide-chart)", "url(#hatch-narrow)"}
    assert {"script", "link", "iframe", "img", "object", "form", "a"}.isdisjoint(e.tag for e in page.all())
    for found in page.all():
        assert {"src", "href", "style", "action"}.isdisjoint(found.attributes)
        assert not any(name.startswith("on") for name in found.attributes)


def test_policy_allows_this_style_only(page: Element) -> None:
    policy = next(meta for meta in page.all("meta") if "http-equiv" in meta.attributes).attributes["content"]
    style = next(page.all("style")).children[0]
    assert isinstance(style, str)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def hostile_run() -> Scored:
    texts = tuple(f"<i>{place}</i>" + "&" * 9_000 for place in range(200))
    rejected = pa.table({"source": ["<b>events"] * 200, "reason": list(texts)})
    return scored(
        decisions(400, lambda place: HOSTILE[place // 5 % len(HOSTILE)] + (str(place) if place % 3 else "")),
        Understood(texts, rejected),
        texts,
        (
            ("name: our agreement", 'name: "</title><script>alert(1)</script>\u202e"'),
            ("label: Yearly revenue", "label: '\"><svg onload=alert(1)>'"),
        ),
    )


def test_hostile_texts_are_only_texts() -> None:
    text = page_html(page_of(hostile_run()))
    page = parse(text)
    test_asks_no_host_and_runs_no_script(re.sub(r"//[a-z]", "", text), page)
    assert (
        "<script>alert(1)</script>"
        in next(
            page.all(
                "table",
            )
        ).text
        or "&lt;script&gt;" in text
    )
    assert "\x00" not in text
    assert "\u202e" not in text
    leads = list(page.all("bdi"))[1:]
    assert len(leads) == 25
    assert all(len(found.text) <= 60 and len(found.attributes["title"]) <= 200 for found in leads)


@pytest.mark.parametrize("run_of", [hostile_run, lambda: scored(decisions(20_000))])
def test_is_small_whatever_is_in_it(run_of: object) -> None:
    assert callable(run_of)
    assert len(page_html(page_of(run_of())).encode()) < LARGEST


def test_same_input_gives_the_same_bytes(text: str, run: Scored, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "page.html"
    write_report(run, path)
    assert path.read_bytes() == text.encode()
    pieces = pa.concat_tables([run.decisions.slice(start, 37) for start in range(0, 400, 37)])
    again = Scored(run.agreement, pieces, run.summary, run.inputs, run.warnings)
    assert page_html(page_of(again)) == text


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_few_leads_are_enough(count: int) -> None:
    page = parse(page_html(page_of(scored(decisions(count)))))
    answer = next(found for found in page.all("p") if found.attributes.get("class") == "answer").text
    assert answer.startswith("Nobody yet" if not count else f"1 of {count} lead")


def test_nobody_qualified_says_what_to_do_next() -> None:
    rows = decisions(9).filter(pa.array([place % 5 > 0 for place in range(9)]))
    text = page_html(page_of(scored(rows)))
    assert "None of 6 leads has qualified yet." in text
    assert "leadline explain AGREEMENT LEAD_ID" in text


def test_is_written_whole_or_not_at_all(run: Scored, tmp_path: Path) -> None:
    taken = tmp_path / "page.html"
    taken.mkdir()
    (taken / "kept").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write_report(run, taken)
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
