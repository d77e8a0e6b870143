"""E-mail addresses become one per person, and the fast way agrees with email-validator to the letter."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import email_validator
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadline.fields import email

NORMALISED = [
    ("ann@acme.example", "ann@acme.example"),
    ("  Ann.Lee+Trial@ACME.Example\t", "ann.lee+trial@acme.example"),
    ("\ufeffann@acme.example\u200b", "ann@acme.example"),
    ("\u00a0ann@acme.example \u00a0", "ann@acme.example"),
    ("mailto:ann@acme.example", "ann@acme.example"),
    ("MAILTO:ann%2Bnews@acme.example?subject=Hello", "ann+news@acme.example"),
    ("mailto:ann%40acme.example", "ann@acme.example"),
    ("Ann Lee <Ann@acme.example>", "ann@acme.example"),
    ('"Lee, Ann" < ann@acme.example >', "ann@acme.example"),
    ("<mailto:ann@acme.example>", "ann@acme.example"),
    ("o'hara_1%x@acme-tools.co.uk", "o'hara_1%x@acme-tools.co.uk"),
    ("ann@MÜNCHEN.de", "ann@münchen.de"),
    ("ann@xn--mnchen-3ya.de", "ann@münchen.de"),
    ("ANN@bücher.example", "ann@bücher.example"),
    ("JÖRG@acme.example", "jörg@acme.example"),
    ("ann@acme.example1a", "ann@acme.example1a"),
    (f"ann@{'a' * 63}.example", f"ann@{'a' * 63}.example"),
    (f"{'a' * 80}@acme.example", f"{'a' * 80}@acme.example"),
]

INVALID = [
    "",
    " ",
    "ann",
    "ann@",
    "@acme.example",
    "ann@acme",
    "ann@localhost",
    "ann@acme.test",
    "ann@acme.invalid",
    "ann@acme.local",
    "ann@acme.onion",
    "ann@1.168.192.in-addr.arpa",
    "ann@test",
    "ann@@acme.example",
    "ann@acme..example",
    ".ann@acme.example",
    "ann.@acme.example",
    "ann lee@acme.example",
    "ann@-acme.example",
    "ann@acme-.example",
    "ann@ac--me.example",
    "ann@acme.1",
    "ann@192.168.0.1",
    "ann@[192.168.0.1]",
    '"ann lee"@acme.example',
    "ann@acme.example, bob@acme.example",
    "ann@acme.example;bob@acme.example",
    "Ann <ann@acme.example> Lee",
    "ann＠acme.example",
    "ann@acme_tools.example",
    "ann@acme.example\nbob",
    f"ann@{'a' * 64}.example",
    f"{'a' * 250}@acme.example",
]

DOMAINS = [
    # domain, free, disposable
    ("gmail.com", True, False),
    ("web.de", True, False),
    ("yahoo.co.jp", True, False),
    ("qq.com", True, False),
    ("laposte.net", True, False),
    ("uol.com.br", True, False),
    ("wp.pl", True, False),
    ("proton.me", True, False),
    ("hey.com", True, False),
    ("corp.mail.ru", False, False),
    ("cinci.rr.com", True, False),
    ("google.com", False, False),
    ("apple.com", False, False),
    ("amazonses.com", False, False),
    ("telekom.de", False, False),
    ("acme.example", False, False),
    ("mailinator.com", False, True),
    ("team.mailinator.com", False, True),
    ("mailinator-of-acme.example", False, False),
]

# Texts that look like addresses, near the border of what is one.
WORD = st.text("aZ9-_.+'%{é\u0308ß", min_size=1, max_size=8)
NEAR = st.builds(
    "{}{}@{}.{}{}".format,
    st.sampled_from(["", "", " ", "<", "mailto:"]),
    WORD,
    st.lists(WORD, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["com", "COM", "co.uk", "test", "invalid", "arpa", "xn--p1ai", "c0m", "c-m", "1", "example"]),
    st.sampled_from(["", "", " ", ">", "\n", "\x1c", "\u200b"]),
)


def by_library(address: str) -> str | None:
    try:
        return email_validator.validate_email(address, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None


@pytest.mark.parametrize(("text", "expected"), NORMALISED)
def test_one_form_per_address(text: str, expected: str) -> None:
    assert email.normalise_email(text) == expected
    assert email.emails(pa.array([text])).email.to_pylist() == [expected]


@pytest.mark.parametrize("text", INVALID)
def test_what_is_no_address_is_unknown(text: str) -> None:
    assert email.normalise_email(text) is None
    columns = email.emails(pa.array([text]))
    assert [column[0].as_py() for column in each(columns)] == [None] * 4


@pytest.mark.parametrize(("domain", "free", "disposable"), DOMAINS)
def test_kinds_of_domain(domain: str, free: bool, disposable: bool) -> None:
    assert (email.is_free(domain), email.is_disposable(domain)) == (free, disposable)
    columns = email.emails(pa.array([f"ann@{domain}"]))
    assert [column[0].as_py() for column in each(columns)] == [f"ann@{domain}", domain, free, disposable]


def test_every_disposable_domain_is_found_as_addresses_are_written() -> None:
    from disposable_email_domains import blocklist

    domains = [domain for domain in blocklist if email.normalise_email(f"a@{domain}")]
    assert len(domains) > 5_000
    assert email.emails(pa.array([f"a@{domain}" for domain in domains])).email_is_disposable.false_count == 0


@given(st.lists(st.one_of(NEAR, st.text(), st.emails(), st.none()), max_size=8))
def test_a_column_answers_as_each_text_alone(texts: list[str | None]) -> None:
    columns = email.emails(pa.array(texts, pa.string()))
    expected = [None if text is None else email.normalise_email(text) for text in texts]
    assert columns.email.to_pylist() == expected
    domains = [None if address is None else address.partition("@")[2] for address in expected]
    assert columns.email_domain.to_pylist() == domains
    assert columns.email_is_free.to_pylist() == [None if d is None else email.is_free(d) for d in domains]
    assert columns.email_is_disposable.to_pylist() == [None if d is None else email.is_disposable(d) for d in domains]


@given(st.one_of(NEAR, st.emails(), st.from_regex(email._PLAIN)))
@example("ann@ab--cd.example")
@example("ann@acme.test")
@example("ann@test")
@example(f"a@{'b' * 62}.c")
@example(f"{'a' * 252}@b.c")
def test_the_fast_way_accepts_only_what_the_library_returns_unchanged(text: str) -> None:
    if email._is_plain(pa.array([text], pa.string()))[0].as_py():
        assert by_library(text) == text


@given(st.one_of(NEAR, st.emails(), st.text()))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = email.normalise_email(text)
    assert once is None or email.normalise_email(once) == once


@pytest.mark.parametrize(
    "column",
    [
        pa.chunked_array([["Ann@acme.example", None], ["x", "bo@web.de"]]),
        pa.array(["Ann@acme.example", None, "x", "bo@web.de"], pa.large_string()),
        pa.array(["Ann@acme.example", None, "x", "bo@web.de"], pa.string_view()),
        pa.array(["Ann@acme.example", None, "x", "bo@web.de"]).dictionary_encode(),
        pa.array(["-", "Ann@acme.example", None, "x", "bo@web.de"])[1:],
    ],
    ids=["chunked", "large", "view", "dictionary", "slice"],
)
def test_any_column_of_text(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> None:
    columns = email.emails(column)
    assert columns.email.to_pylist() == ["ann@acme.example", None, None, "bo@web.de"]
    assert columns.email_domain.to_pylist() == ["acme.example", None, None, "web.de"]
    assert columns.email_is_free.to_pylist() == [False, None, None, True]
    assert columns.email_is_disposable.to_pylist() == [False, None, None, False]


@pytest.mark.parametrize("column", [pa.nulls(2), pa.array([], pa.string()), pa.chunked_array([], pa.string())])
def test_columns_without_addresses(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> None:
    for result in each(email.emails(column)):
        assert result.to_pylist() == [None] * len(column)
    assert email.emails(column).email.type == pa.string()
    assert email.emails(column).email_is_free.type == pa.bool_()


def test_the_free_mail_table_is_tidy_and_its_version_moves_with_its_content() -> None:
    text = files("leadline.fields").joinpath("tables/free_mail_domains.txt").read_text(encoding="utf-8")
    domains = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(domains) == len(set(domains))
    assert all(email.normalise_email(f"a@{domain}") == f"a@{domain}" for domain in domains)
    name, number = email.FREE_MAIL_TABLE.split()
    assert f"# name: {name}\n# version: {number}\n" in text
    content = hashlib.sha256("\n".join(sorted(domains)).encode()).hexdigest()[:16]
    assert (number, content) == ("2026.1", "6fb3ae141ab81de2"), "content changed: a new version is due"


def test_the_disposable_table_names_the_installed_package() -> None:
    assert f"disposable-email-domains {version('disposable-email-domains')}" == email.DISPOSABLE_TABLE


def each(columns: email.EmailColumns) -> tuple[pa.Array[Any], ...]:
    return columns.email, columns.email_domain, columns.email_is_free, columns.email_is_disposable
