"""No other site, host or person can drive the page; whoever has the address can, and loses nothing to a lost form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from web.conftest import TOKEN

if TYPE_CHECKING:
    from web.conftest import Served


def test_without_the_token_nothing_answers(served: Served) -> None:
    for path in ("/what-if", "/what-if/answers", "/static/page.css", "/", "/what-if?token=guess"):
        refused = httpx.get(served.origin + path)
        assert refused.status_code == 403
        assert "leadline whatif" in refused.text


def test_the_token_becomes_a_cookie_and_leaves_the_address(served: Served) -> None:
    led = httpx.get(served.entrance + "&engagement.half_life=20d")
    assert led.status_code == 303
    assert led.headers["location"] == "/what-if?engagement.half_life=20d"
    assert "HttpOnly" in led.headers["set-cookie"]
    assert TOKEN in led.headers["set-cookie"]
    with served.client() as client:
        assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1:1"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_gets_nothing(served: Served, headers: dict[str, str]) -> None:
    with served.client() as client:
        assert client.get("/what-if/answers", headers=headers).status_code == 403
        assert client.post("/what-if/agreements", headers=headers).status_code == 403


def test_a_link_from_elsewhere_opens_the_page_but_sends_no_form(served: Served) -> None:
    navigation = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    with served.client() as client:
        assert client.get("/what-if", headers=navigation).status_code == 200
        assert client.post("/what-if/agreements", headers=navigation).status_code == 403


def test_every_answer_carries_the_policy(served: Served) -> None:
    with served.client() as client:
        for path in ("/what-if", "/static/whatif.js", "/nothing", "/what-if/leads/nobody"):
            policy = client.get(path).headers["content-security-policy"]
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
    assert "content-security-policy" in httpx.get(served.origin).headers


def test_what_is_not_there_says_so(served: Served) -> None:
    with served.client() as client:
        missing = client.get("/nothing")
        assert missing.status_code == 404
        assert "There is no such page" in missing.text
        stranger = client.get("/what-if/leads/<script>nobody?at=12&part=1")
        assert stranger.status_code == 404
        assert "<script>nobody" not in stranger.text
        assert "there is no lead" in stranger.text
        assert client.put("/what-if").status_code == 405


def test_an_endless_form_is_refused(served: Served) -> None:
    with served.client() as client:
        refused = client.post("/what-if/agreements", content=b"a=" + b"x" * 400_000)
        assert refused.status_code == 400
        assert "too large" in refused.text


@pytest.mark.parametrize("others", ['theme={"dark": 1}', "a b=1", "_ga[1]=2", "a/b=1", "=", ";;"])
def test_cookies_of_other_programs_on_this_machine_lock_nobody_out(served: Served, others: str) -> None:
    """Cookies know no ports: those of everything else that runs here come along."""
    own = f"leadline-{served.origin.rpartition(':')[2]}={TOKEN}"
    for cookies in (f"{others}; {own}", f"{own}; {others}"):
        assert httpx.get(served.origin + "/static/page.css", headers={"cookie": cookies}).status_code == 200
    assert httpx.get(served.origin + "/static/page.css", headers={"cookie": others}).status_code == 403


def test_the_entrance_leads_nowhere_else(served: Served) -> None:
    led = httpx.get(f"{served.origin}//evil.example/%0d%0a?token={TOKEN}")
    assert led.status_code == 303
    assert led.headers["location"] == "/evil.example/%0D%0A"
