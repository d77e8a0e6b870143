"""Turns what people write as their e-mail into one address each, and says what kind of domain it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, cast
from urllib.parse import unquote

import email_validator
import pyarrow as pa
import pyarrow.compute as pc

FREE_MAIL_TABLE = "free_mail_domains 2026.1"
"""Name and version of the shipped table of mailbox providers: part of the fingerprint where it is used."""

DISPOSABLE_TABLE = f"disposable-email-domains {version('disposable-email-domains')}"
"""Name and version of the installed package of throw-away domains: part of the fingerprint likewise."""

_LONGEST = 254  # octets of an address, RFC 5321 errata 1690
_LONGEST_PLAIN_DOMAIN = 63  # as short as one label may be: then no label of the domain is too long

_ATOM = r"[a-z0-9_!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[a-z0-9]+(?:-[a-z0-9]+)*"  # without "--", which leaves Punycode and reserved labels to the library
_PLAIN = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:{_LABEL}-)?[a-z0-9]*[a-z]$"

_BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_NAMED = re.compile(r"[^<>]*<([^<>]*)>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EmailColumns:
    """The built-in e-mail fields, row by row of their column; all null where no valid address is known.

    ``email`` and ``email_domain`` are strings, ``email_is_free`` and ``email_is_disposable`` booleans.
    """

    email: pa.StringArray
    email_domain: pa.StringArray
    email_is_free: pa.BooleanArray
    email_is_disposable: pa.BooleanArray


def normalise_email(text: str) -> str | None:
    """The address in ``text`` in the one form by which leads are identified; None if there is none.

    Accepts surrounding blanks and invisible characters, ``mailto:`` links and ``Name <address>``. The whole
    address is lower-cased: RFC 5321 lets a host tell ``Ann@`` from ``ann@``, but none that matters does, and
    two leads for one person would be worse. International domains come out in Unicode (``xn--mnchen-3ya.de``
    as ``münchen.de``). Dots and ``+tags`` stay: their meaning differs between providers. email-validator says
    what is valid, without asking the DNS; it refuses quoted local parts, domains of one label and special-use
    ones (``.test .invalid .local .localhost .onion .arpa``). Two addresses in one text are none.
    """
    bare = _bare(text)
    if "@" not in bare or len(bare) > _LONGEST:
        return None
    try:
        return email_validator.validate_email(bare.lower(), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None


def emails(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> EmailColumns:
    """The e-mail fields of a column of text, of any string or dictionary type (under 2 GiB of text).

    Row by row the same answer as :func:`normalise_email`, :func:`is_free` and :func:`is_disposable`: plain
    ASCII addresses are recognised by one regular expression, which accepts only what email-validator accepts
    unchanged (about a microsecond an address; the others take about 0.1 ms). Numbers give nulls only.
    Raises ``pyarrow.ArrowNotImplementedError`` for a column that cannot be read as text, such as lists.
    """
    address = _normalised(_strings(column))
    domain = _domains(address)
    encoded = domain.dictionary_encode()
    distinct = [str(name) for name in encoded.dictionary.to_pylist()]
    free = pa.array([is_free(name) for name in distinct], pa.bool_())
    disposable = pa.array([is_disposable(name) for name in distinct], pa.bool_())
    return EmailColumns(address, domain, free.take(encoded.indices), disposable.take(encoded.indices))


def is_free(domain: str) -> bool:
    """Whether a normalised domain is a provider of private mailboxes, free or with an internet line.

    Exact: below such a domain live the provider's own staff and customers' companies (``corp.mail.ru``), so a
    subdomain counts only where the table names it.
    """
    return domain in _free_domains()


def is_disposable(domain: str) -> bool:
    """Whether a normalised domain, or one above it, hands out throw-away addresses.

    Subdomains count: such services give every visitor one of their own.
    """
    listed = _disposable_domains()
    while domain not in listed:
        _, dot, domain = domain.partition(".")
        if not dot:
            return False
    return True


def _bare(text: str) -> str:
    trimmed = text.strip(_BLANK)
    named = _NAMED.fullmatch(trimmed)
    if named:
        trimmed = named[1].strip(_BLANK)
    if trimmed[:7].lower() == "mailto:":
        trimmed = unquote(trimmed[7:].partition("?")[0]).strip(_BLANK)
    return trimmed


def _strings(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> pa.StringArray:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.DictionaryArray):
        whole = whole.dictionary_decode()
    return cast("pa.StringArray", whole.cast(pa.string()))


def _domains(address: pa.StringArray) -> pa.StringArray:
    parts = pc.list_flatten(pc.split_pattern(address.drop_null(), "@"))
    domains = parts.take(pa.array(range(1, len(parts), 2), pa.int64()))
    known = pc.is_valid(address)
    return cast("pa.StringArray", pc.replace_with_mask(pa.nulls(len(address), pa.string()), known, domains))


def _normalised(column: pa.StringArray) -> pa.StringArray:
    tidy = pc.ascii_lower(pc.ascii_trim_whitespace(column))
    plain = _is_plain(tidy)
    fast = cast("pa.StringArray", pc.if_else(plain, tidy, None))
    odd = pc.and_(pc.invert(plain), pc.match_substring_regex(column, "@|%40"))
    odd = cast("pa.BooleanArray", odd.fill_null(False))
    rest = [normalise_email(str(text)) for text in column.filter(odd).to_pylist()]
    return cast("pa.StringArray", pc.replace_with_mask(fast, odd, pa.array(rest, pa.string())))


def _is_plain(tidy: pa.StringArray) -> pa.BooleanArray:
    length = pc.binary_length(tidy)
    of_domain = pc.subtract(length, pc.add(pc.find_substring(tidy, "@"), 1))
    short = pc.and_(
        pc.less_equal(length, pa.scalar(_LONGEST)), pc.less_equal(of_domain, pa.scalar(_LONGEST_PLAIN_DOMAIN))
    )
    special = "|".join(re.escape(name) for name in email_validator.SPECIAL_USE_DOMAIN_NAMES)
    reserved = pc.match_substring_regex(tidy, rf"[.@](?:{special})$")
    return pc.and_(pc.and_(pc.match_substring_regex(tidy, _PLAIN), short), pc.invert(reserved))


@lru_cache(maxsize=1)
def _free_domains() -> frozenset[str]:
    text = files("leadline.fields").joinpath("tables/free_mail_domains.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def _disposable_domains() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(_in_unicode(domain) for domain in blocklist)


def _in_unicode(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    return (normalise_email(f"a@{domain}") or domain).removeprefix("a@")
