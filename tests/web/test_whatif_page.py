"""The page without scripts, and what its script is told: everything works as plain forms and links."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from leadline.agreement.reading import load_agreement
from leadline.log.reading import Sources
from leadline.operations.whatif.session import Terms, open_session
from web.conftest import serving, sources_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from web.conftest import Served

WIDER = {"mql.when.fit_and_engaged": "fit >= 30 AND engagement >= 40"}


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client() as opened:
        yield opened


def lines_of(response: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in response.text.splitlines()]


def test_the_page_is_complete_without_scripts(served: Served, client: httpx.Client) -> None:
    trial = served.session.attempt(WIDER)
    assert trial.agreement is not None
    answer = served.session.answer(trial.agreement)
    page = client.get("/what-if", params=WIDER).text
    assert f"{answer.entering.count} leads would have entered" in page
    assert "fit_and_engaged now reads" in page
    assert '<svg class="weekly"' in page
    assert page.count("data-receipt") == len(answer.entering.shown) + len(answer.leaving.shown)
    assert answer.entering.shown[0].lead_id in page


def test_a_plain_form_leads_to_the_short_address(served: Served, client: httpx.Client) -> None:
    """A form without scripts sends all its fields."""
    fields = {place: control.written for place, control in served.session.basis.controls.items()}
    shown = client.get("/what-if", params=fields | WIDER | {"plain": "1"})
    assert str(shown.url).partition("?")[2] == urlencode(WIDER)
    assert "1 changed" in shown.text


def test_a_problem_stands_beside_its_field_and_the_rest_stays(client: httpx.Client) -> None:
    wrong = {"mql.when.hand_raiser": "fitt >= 3", "engagement.half_life": "40d"}
    page = client.get("/what-if", params=wrong).text
    assert "Did you mean fit?" in page
    assert 'value="40d"' in page
    (said,) = lines_of(client.get("/what-if/answers", params=wrong))
    assert list(said["problems"]) == ["mql.when.hand_raiser"]


def test_answers_are_drawn_from_the_same_numbers(served: Served, client: httpx.Client) -> None:
    trial = served.session.attempt(WIDER)
    assert trial.agreement is not None
    answer = served.session.answer(trial.agreement)
    said = lines_of(client.get("/what-if/answers", params=WIDER))[-1]
    assert said["volume"]["after"] == answer.after.weekly.tolist()
    assert said["volume"]["before"] == answer.before.weekly.tolist()
    assert said["volume"]["capacity"] == 2
    assert f"{100 * answer.after.precision.rate:.1f}%" in said["summary"]


def test_everybody_is_in_the_table_to_take_away(served: Served, client: httpx.Client) -> None:
    trial = served.session.attempt(WIDER)
    assert trial.agreement is not None
    table = client.get("/what-if/movers.csv", params=WIDER | {"who": "entering"})
    rows = list(csv.DictReader(table.text.splitlines()))
    assert {row["lead_id"] for row in rows} == {
        one.lead_id for one in served.session.movers(trial.agreement, entering=True)
    }
    assert "attachment" in table.headers["content-disposition"]


def test_a_receipt_is_a_page_of_its_own(served: Served, client: httpx.Client) -> None:
    trial = served.session.attempt(WIDER)
    assert trial.agreement is not None
    mover = served.session.answer(trial.agreement).entering.shown[0]
    page = client.get(f"/what-if/leads/{mover.lead_id}", params=WIDER | {"at": str(mover.at)}).text
    assert "As it stands" in page
    assert "As tried" in page
    assert "Not qualified by then." in page
    assert f"because of {', '.join(mover.because)}" in page


@pytest.mark.parametrize("at", ["--5", "-", "9" * 19, "nonsense", "-999999999999999999"])
def test_a_moment_that_is_none_is_the_end_of_the_log(served: Served, client: httpx.Client, at: str) -> None:
    lead_id = str(served.session.past.matched.inputs.lead_ids[0])
    page = client.get(f"/what-if/leads/{lead_id}", params={"at": at})
    assert page.status_code == 200
    assert page.text == client.get(f"/what-if/leads/{lead_id}").text
    for far in ("9" * 17, "-" + "9" * 16):
        assert client.get(f"/what-if/leads/{lead_id}", params={"at": far}).status_code == 200


@pytest.fixture
def own(company: Path, tmp_path: Path) -> Iterator[Served]:
    """A sitting with a folder of its own, to save into."""
    shutil.copy(company / "agreement.yaml", tmp_path / "agreement.yaml")
    yield from serving(open_session(tmp_path / "agreement.yaml", sources_in(company), Terms()))


def test_saving_writes_a_new_file_and_touches_no_other(own: Served) -> None:
    path, changes = own.session.path, WIDER | {"engagement.rules.guide.points": "9"}
    before = path.read_text(encoding="utf-8")
    with own.client() as client:
        shown = client.post("/what-if/agreements", data=changes | {"name": "agreement-2.yaml"})
        assert shown.status_code == 200
        assert "Saved as agreement-2.yaml" in shown.text
        assert shown.text.count("guide counts 9 points instead of 8") == 2  # what was saved, and what is tried
        written = path.with_name("agreement-2.yaml")
        trial = own.session.attempt(changes)
        assert load_agreement(written) == trial.agreement
        assert path.read_text(encoding="utf-8") == before
        assert len(set(written.read_text(encoding="utf-8").splitlines()) ^ set(before.splitlines())) == 4
        assert sorted(found.name for found in path.parent.iterdir()) == ["agreement-2.yaml", "agreement.yaml"]

        again = client.post("/what-if/agreements", data=changes | {"name": "agreement-2.yaml"})
        assert again.status_code == 409
        assert "agreement-2.yaml exists already. Choose another name, for example agreement-3.yaml" in again.text
        assert 'value="agreement-2.yaml"' in again.text
        for name in ("../out.yaml", "agreement.txt", "", "/tmp/x.yaml", ".hidden.yaml"):  # noqa: S108
            assert client.post("/what-if/agreements", data=changes | {"name": name}).status_code == 400
        nothing = client.post("/what-if/agreements", data={"name": "agreement-3.yaml"})
        assert "nothing to save" in nothing.text


def test_a_file_that_changed_meanwhile_is_not_saved_over(own: Served) -> None:
    path = own.session.path
    path.write_text(path.read_text(encoding="utf-8") + "\n# somebody else was here\n", encoding="utf-8")
    with own.client() as client:
        refused = client.post("/what-if/agreements", data=WIDER | {"name": "agreement-2.yaml"})
        assert refused.status_code == 409
        assert "has changed on disk" in refused.text
        assert "fit &gt;= 30 AND engagement &gt;= 40" in refused.text  # nothing of the trial is lost
    assert [found.name for found in path.parent.iterdir()] == ["agreement.yaml"]


def test_without_outcomes_it_still_answers_and_says_what_is_missing(company: Path, tmp_path: Path) -> None:
    import duckdb

    shutil.copy(company / "agreement.yaml", tmp_path / "agreement.yaml")
    with duckdb.connect() as connection:
        events = connection.read_parquet(str(company / "company" / "events" / "*.parquet"))
        quiet = events.filter("event NOT LIKE 'Deal%' AND event NOT LIKE 'Lead %' AND event <> 'Opportunity Created'")
        table = quiet.to_arrow_table()
    sources = Sources(leads=company / "company" / "leads.parquet", events=table)
    session = open_session(tmp_path / "agreement.yaml", sources, Terms())
    for opened in serving(session):
        with opened.client() as client:
            page = client.get("/what-if", params=WIDER).text
        assert "Nothing says who became a customer" in page
        assert "--outcomes FILE" in page
        assert "needs outcomes" in page
        assert "leads would have entered" in page
        assert "Busiest week" in page


def test_strange_ids_lead_to_their_receipts(tmp_path: Path) -> None:
    import pyarrow as pa

    (tmp_path / "agreement.yaml").write_text(
        "leadline: 1\nname: strange\nfit: {personas: {all: {rules: {mail: {when: email IS NOT NULL, points: 60}}}}}\n"
        "engagement: {rules: {any_event: {on: any, points: 10}}}\nmql: {when: {fits: fit >= 80}}\n",
        encoding="utf-8",
    )
    strange = ["a/b?c#<i>&x=1", "=cmd|'x'!A1", "ünï cödé %2F"]
    leads = pa.table(
        {"lead_id": strange, "email": [f"{n}@acme.example" for n in "abc"], "created_at": ["2026-01-01T00:00:00Z"] * 3}
    )
    session = open_session(tmp_path / "agreement.yaml", Sources(leads=leads), Terms())
    for opened in serving(session):
        with opened.client() as client:
            page = client.get("/what-if", params={"mql.when.fits": "fit >= 60"}).text
            links = [html.unescape(found) for found in re.findall(r'href="(/what-if/leads/[^"]+)" data-receipt', page)]
            assert len(links) == 3
            receipts = "".join(client.get(link).raise_for_status().text for link in links)
            table = client.get("/what-if/movers.csv", params={"mql.when.fits": "fit >= 60"}).text
    for lead_id in strange:
        assert lead_id in html.unescape(receipts)
    assert "<i>" not in receipts
    assert "\n'=cmd" in table.replace("\r", "").replace('"', "")
