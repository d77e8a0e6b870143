"""From SQL text to SQLGlot's tree, within bounds of size and nesting, and words for what cannot be read."""

from __future__ import annotations

import difflib
import logging
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlglot import exp

# What SQLGlot has to say of a stranger's text is said in our own words.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())

LENGTH_MAX: Final = 4_000
DEPTH_MAX: Final = 40

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class ConditionError(Exception):
    """What is wrong with an expression, and the way out.

    ``column`` counts from 1, 0 where it is the whole. ``follows`` says that it is only the consequence
    of another problem, reported elsewhere.
    """

    def __init__(self, message: str, column: int = 0, *, follows: bool = False) -> None:
        super().__init__(message)
        self.column = column
        self.follows = follows


def did_you_mean(name: str, known: Iterable[object]) -> str:
    """The nearest known names as a question, or nothing."""
    near = difflib.get_close_matches(name[:100], [str(item) for item in known], n=2, cutoff=0.6)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def shortened(text: str, limit: int = 60) -> str:
    """A text on one line, cut with an ellipsis, for a message."""
    line = " ".join(text[: 10 * limit].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def parse_sql(text: str) -> exp.Expr:
    """One SQL expression as SQLGlot reads it, nothing checked but its size. Raises ``ConditionError``."""
    _check_size(text)
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree: exp.Expr = sqlglot.parse_one(text, into=exp.Condition, dialect="postgres")
    except SqlglotError as error:
        commanded = _after_a_command_word(text)
        if commanded is None:
            raise ConditionError(_syntax_message(text, error)) from None
        tree = commanded
    except RecursionError:
        raise ConditionError(_TOO_DEEP) from None
    except Exception:  # noqa: BLE001 - a stranger's text met a gap in somebody else's parser
        raise ConditionError(_syntax_message(text, None)) from None
    _check_depth(tree)
    return tree


def is_word_of_sql(name: str) -> bool:
    """Whether a name cannot be written in an expression, because SQL takes it for something else."""
    try:
        tree = parse_sql(f"{name} >= 1")
    except ConditionError:
        return True
    return type(tree).__name__ != "GTE" or type(tree.this).__name__ != "Column"


def _after_a_command_word(text: str) -> exp.Expr | None:
    """The expression of a text whose first word begins a command in SQL, but is a name here: `call.count >= 1`."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        select = sqlglot.parse_one(f"SELECT {text}", dialect="postgres")
    except SqlglotError:
        return None
    only_columns = isinstance(select, exp.Select) and not any(
        value for name, value in select.args.items() if name not in ("expressions", "kind")
    )
    return select.expressions[0] if only_columns and len(select.expressions) == 1 else None


_TOO_DEEP: Final = f"the expression is nested deeper than {DEPTH_MAX} levels. Split it into several rules."


def _check_size(text: str) -> None:
    if len(text) > LENGTH_MAX:
        raise ConditionError(
            f"the condition has {len(text):,} characters; {LENGTH_MAX:,} is the most. "
            "Put long sets into `lists:` and use in_list()."
        )
    if not text.strip():
        raise ConditionError("the condition is empty. Write a comparison, or leave `when` out.")
    if found := _CONTROL.search(text):
        raise ConditionError(f"the character U+{ord(found[0]):04X} is not allowed in a condition. Remove it.")


def _check_depth(tree: exp.Expr) -> None:
    """Nesting is bounded by count, not by the interpreter's stack, so that every machine gives the
    same answer.
    """
    level: list[exp.Expr] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > DEPTH_MAX:
            raise ConditionError(_TOO_DEEP)
        level = [inner for node in level for part in chain_of(node) for inner in part.iter_expressions()]


def chain_of(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The operands of `a AND b AND c …` (or OR) in order, which SQLGlot nests to the left; else the
    node itself.
    """
    kind = type(tree).__name__
    if kind not in ("And", "Or"):
        yield tree
        return
    operands = []
    while type(tree).__name__ == kind:
        operands.append(tree.expression)
        tree = tree.this
    operands.append(tree)
    yield from reversed(operands)


def _syntax_message(text: str, error: Exception | None) -> str:
    details = getattr(error, "errors", None) or [{}]
    near = str(details[0].get("highlight") or "").strip()
    where = f" near '{shortened(near)}'" if near else ""
    return f"'{shortened(text)}' is not a condition that can be read{where}.{_syntax_hint(text)}"


def _syntax_hint(text: str) -> str:
    if text.count("'") % 2:
        return " Texts stand in single quotes, with a quote inside doubled: 'it''s'."
    if ";" in text:
        return " A condition is one expression, without semicolons."
    if text.count("(") != text.count(")"):
        return " Every opening parenthesis needs a closing one."
    if text.lstrip()[:6].lower() == "select":
        return " Sub-queries are not allowed in a condition; write the condition itself."
    if " as " in text.lower() and "cast" not in text.lower():
        return " A condition has no name of its own: leave AS out."
    return " Write for example: country IN ('US', 'DE') AND company_revenue >= 10e6."


def sql_of(tree: exp.Expr) -> str:
    """A part of a parsed text as SQL, for a message."""
    return str(tree.sql(dialect="postgres", comments=False))


def column_of(tree: exp.Expr) -> int:
    """Where a part begins in its text, from 1; 0 if unknown."""
    return int(next((node.meta["col"] for node in tree.walk() if "col" in node.meta), 0))
