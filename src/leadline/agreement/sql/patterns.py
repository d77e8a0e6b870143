"""Patterns of LIKE and regular expressions: refused here where an engine would refuse them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from leadline.agreement.sql.text import ConditionError, shortened

if TYPE_CHECKING:
    import duckdb

LENGTH_MAX: Final = 500


def check_pattern(operator: str, pattern: str) -> None:
    """Checks the pattern of ``like``, ``ilike``, ``~`` or ``~*``. Raises ``ConditionError``."""
    if len(pattern) > LENGTH_MAX:
        raise ConditionError(f"the pattern has {len(pattern):,} characters; {LENGTH_MAX} is the most.")
    if operator in ("~", "~*"):
        _compile(pattern)
    elif (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        raise ConditionError(
            f"the pattern '{shortened(pattern)}' ends with a backslash, which escapes nothing. Write it twice."
        )


def _compile(pattern: str) -> None:
    """Refuses what RE2 does not compile, by compiling it there."""
    import duckdb

    try:
        _re2().cursor().execute("SELECT regexp_matches('', ?)", [pattern])
    except duckdb.Error as error:
        reason = shortened(str(error).removeprefix("Invalid Input Error:").strip(), 100)
        raise ConditionError(
            f"the regular expression '{shortened(pattern)}' cannot be used: {reason}. "
            "Look-around and back-references are not part of RE2, and repetitions go up to 1,000."
        ) from None


@cache
def _re2() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(":memory:", config={"threads": 1})
