"""Conditions that match what they surely should not: parts of words, other domains, longer paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from leadline.learning.linting.literals import patterns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leadline.learning.linting.evidence import Evidence, Finding
    from leadline.learning.linting.literals import Pattern

CHECK: Final = "matches too much"
_SHORT: Final = 4
_SHOWN: Final = 3
_INFLECTIONS: Final = ("s", "es", "e", "en", "er", "n", "ing", "ed")
_DOMAINS: Final = ("email_domain", "referrer", "source")
_TRAPS: Final[dict[str, tuple[str, ...]]] = {
    "intern": ("International Sales Manager", "Internal Auditor"),
    "cto": ("Director", "Contractor", "Doctor"),
    "coo": ("Coordinator",),
    "it": ("Recruiter", "Editor", "Digital Marketing"),
    "hr": ("Christian", "Through"),
    "pr": ("President", "Product Owner"),
    "art": ("Partner", "Department Head"),
    "ops": ("Shops",),
    "vp": (),
    "ceo": (),
    "cfo": (),
    "student": ("Student Advisor",),
    "sales": ("Salesforce Administrator",),
}
"""Words that stand inside others, which people forget."""


def check(evidence: Evidence) -> Iterator[Finding]:
    """Each pattern once; with a log by its values, without by made-up ones. Every example was tried."""
    done: set[tuple[str, str, str]] = set()
    for pattern in patterns_of(evidence.agreement):
        key = (pattern.place, pattern.column, pattern.core)
        if key not in done:
            done.add(key)
            found = next((one for kind in _KINDS for one in kind(evidence, pattern)), None)
            if found is not None:
                yield found


def _dots(evidence: Evidence, pattern: Pattern) -> Iterator[Finding]:
    """A dot in a regular expression stands for any character."""
    if not pattern.is_regex or not re.search(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z0-9])", pattern.written):
        return
    other = pattern.core.replace(".", "x")
    if _matches(evidence, pattern, [other]):
        message = f"In '{pattern.written}' each dot stands for any character: {pattern.column} '{other}' matches too."
        way_out = f"Write '{pattern.core.replace('.', '[.]')}', or compare with = or IN."
        yield _finding(evidence, pattern, message, way_out, (other,))


def _other_domains(evidence: Evidence, pattern: Pattern) -> Iterator[Finding]:
    """`%acme.com` is also the end of another domain."""
    is_domain = re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", pattern.word)
    if pattern.column not in _DOMAINS or not pattern.open_start or not is_domain:
        return
    other = f"not{pattern.core}"
    if _matches(evidence, pattern, [other]):
        message = f"'{pattern.written}' is open at its start: {pattern.column} '{other}' matches too."
        way_out = f"Write {pattern.column} = '{pattern.core}', or for its parts also LIKE '%.{pattern.core}'."
        yield _finding(evidence, pattern, message, way_out, (other,))


def _anywhere_in_paths(evidence: Evidence, pattern: Pattern) -> Iterator[Finding]:
    """`/pricing` anywhere in a path is not the page /pricing."""
    if pattern.column != "path" or not pattern.open_start or not pattern.core.startswith("/"):
        return
    made_up = [f"/blog{pattern.core}-of-competitors"]
    wrong = _wrong(evidence, pattern, made_up, lambda value: not value.startswith(pattern.core))
    if wrong:
        message = f"'{pattern.written}' looks anywhere in the path, so that it also matches {_shown(wrong)}."
        way_out = f"Write path LIKE '{pattern.core}%', which starts at the beginning."
        yield _finding(evidence, pattern, message, way_out, [value for value, _ in wrong])


def _longer_paths(evidence: Evidence, pattern: Pattern) -> Iterator[Finding]:
    """`/price%` is also the beginning of /prices-of-competitors; without a log, nobody knows whether there is one."""
    if pattern.column != "path" or pattern.open_start or not pattern.open_end or not pattern.core[-1:].isalnum():
        return
    size = len(pattern.core)

    def goes_on(value: str) -> bool:
        rest = re.split(r"[/?#]", value[size:])[0] if value.lower().startswith(pattern.word) else ""
        return rest[:1].isalnum() and rest not in _INFLECTIONS

    wrong = _wrong(evidence, pattern, [], goes_on)
    if wrong:
        message = f"'{pattern.written}' also matches {_shown(wrong)}, where the word goes on."
        way_out = f"Write path = '{pattern.core}' OR path LIKE '{pattern.core}/%'."
        yield _finding(evidence, pattern, message, way_out, [value for value, _ in wrong])


def _inside_words(evidence: Evidence, pattern: Pattern) -> Iterator[Finding]:
    """`%cto%` is also in Director."""
    if pattern.column == "path" or not pattern.open_start or not pattern.open_end or not pattern.word.isalnum():
        return
    if len(pattern.core) > _SHORT and pattern.word not in _TRAPS:
        return
    inside = re.compile(rf"(?<![^\W_]){re.escape(pattern.word)}(s|es)?(?![^\W_])")

    def is_part(value: str) -> bool:
        return not inside.search(value.lower())

    made_up = [shape(word) for word in _TRAPS.get(pattern.word, ()) for shape in (str, str.lower)]
    wrong = _wrong(evidence, pattern, made_up, is_part)
    if wrong:
        whole_word = f"{pattern.column} ~* '(^|[^a-z]){pattern.core}([^a-z]|$)'"
        message = f"'{pattern.written}' looks inside words, so that it also matches {_shown(wrong)}."
        way_out = (
            f"Write {whole_word}, or use job_level and job_function, which read titles."
            if pattern.column == "title"
            else f"Write {whole_word}, which looks for the whole word."
        )
        yield _finding(evidence, pattern, message, way_out, [value for value, _ in wrong])


_KINDS: Final[tuple[Callable[[Evidence, Pattern], Iterator[Finding]], ...]] = (
    _dots,
    _other_domains,
    _anywhere_in_paths,
    _longer_paths,
    _inside_words,
)


def _wrong(
    evidence: Evidence, pattern: Pattern, made_up: Sequence[str], is_wrong: Callable[[str], bool]
) -> list[tuple[str, int]]:
    """Values that match although they look wrong, with their counts: of the log, or without one made up (count 0)."""
    known = [(value, 0) for value in made_up] if evidence.seen is None else evidence.seen.values(pattern.column)
    suspects = [(value, count) for value, count in known if is_wrong(value)]
    hits = evidence.true_of(pattern.test, [{pattern.column: value} for value, _ in suspects])
    return [suspect for suspect, hit in zip(suspects, hits, strict=True) if hit][:_SHOWN]


def _matches(evidence: Evidence, pattern: Pattern, values: Sequence[str]) -> bool:
    return all(evidence.true_of(pattern.test, [{pattern.column: value} for value in values]))


def _shown(values: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"'{value}'" + (f" ({count:,} times)" if count else "") for value, count in values)


def _finding(evidence: Evidence, pattern: Pattern, message: str, way_out: str, examples: Sequence[str]) -> Finding:
    from dataclasses import replace

    real = evidence.seen is not None
    found = evidence.finding(CHECK, "notable" if real else "minor", pattern.place, message, way_out)
    return replace(found, examples=tuple(examples))
