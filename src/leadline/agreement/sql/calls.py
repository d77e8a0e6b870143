"""What a condition may call: CASE, casts and the functions on the list, checked for their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.expressions import Call, Constant, Node, Operator
from leadline.agreement.sql.text import ConditionError, column_of, did_you_mean, shortened, sql_of
from leadline.fields.catalogue import BOOLEAN, NUMBER, TEXT, TIME, Type

if TYPE_CHECKING:
    from sqlglot import exp

    from leadline.agreement.conditions import Checker

TEXT_FUNCTIONS: Final[dict[str, Operator]] = {
    "Lower": "lower", "Upper": "upper", "Trim": "trim", "Length": "length",
}  # fmt: skip
_CAST_TYPES: Final[dict[str, Type]] = {
    "double precision": NUMBER, "numeric": NUMBER, "decimal": NUMBER, "real": NUMBER, "float": NUMBER,
    "boolean": BOOLEAN, "timestamptz": TIME, "timestamp": TIME, "text": TEXT, "varchar": TEXT,
}  # fmt: skip
_CASTS: Final[dict[Type, Operator]] = {NUMBER: "to_number", BOOLEAN: "to_boolean", TIME: "to_time"}


def case(checker: Checker, tree: exp.Expr) -> Node:
    """CASE WHEN condition THEN value … ELSE value END."""
    if tree.this is not None:
        raise ConditionError("write CASE WHEN condition THEN value … ELSE value END.", column_of(tree))
    branches = tree.args["ifs"]
    results = [checker.node(branch.args["true"]) for branch in branches]
    default = tree.args.get("default")
    results.append(checker.node(default) if default is not None else Constant(None, TEXT))
    typed = _one_type(checker, tree, results)
    pairs = [
        node for branch, result in zip(branches, typed, strict=False) for node in (checker.boolean(branch.this), result)
    ]
    return Call("case", (*pairs, typed[-1]), typed[-1].type)


def coalesce(checker: Checker, tree: exp.Expr) -> Node:
    """The first known of several values."""
    typed = _one_type(checker, tree, [checker.node(item) for item in (tree.this, *tree.expressions)])
    return Call("coalesce", tuple(typed), typed[0].type)


def _one_type(checker: Checker, tree: exp.Expr, nodes: list[Node]) -> list[Node]:
    known = [node for node in nodes if not _is_null(node)]
    if not known:
        raise ConditionError(f"'{shortened(sql_of(tree))}' is always NULL. Put a column into it.", column_of(tree))
    target = next((node for node in known if not isinstance(node, Constant)), known[0])
    typed = [checker.as_time(node, target) for node in nodes]
    for node in typed:
        if node.type is not target.type and not _is_null(node):
            mixed = f"'{shortened(sql_of(tree))}' mixes a {target.type} with a {node.type}"
            raise ConditionError(f"{mixed}; all results must be of one type. Change one.", column_of(tree))
    return [Constant(None, target.type) if _is_null(node) else node for node in typed]


def _is_null(node: Node) -> bool:
    return isinstance(node, Constant) and node.value is None


def cast(checker: Checker, tree: exp.Expr) -> Node:
    """A text as a number, a truth value or a time."""
    value = checker.node(tree.this)
    wanted = str(tree.args["to"].sql(dialect="postgres")).lower().split("(")[0].strip()
    target = _CAST_TYPES.get(wanted)
    if target is None:
        raise ConditionError(
            f"CAST to {shortened(wanted)} is not possible. Cast to double precision, boolean, "
            f"timestamptz or text; "
            "numbers are doubles, round() makes them whole.",
            column_of(tree),
        )
    if _is_null(value):
        return Constant(None, target)
    if value.type is target:
        return value
    if value.type is not TEXT:
        message = f"a {value.type} cannot be cast to {target}; only texts can. Leave CAST out."
        raise ConditionError(message, column_of(tree))
    return Call(_CASTS[target], (value,), target)


def text_function(checker: Checker, tree: exp.Expr) -> Node:
    """lower, upper, trim and length."""
    name = TEXT_FUNCTIONS[type(tree).__name__]
    if any(tree.args.get(extra) for extra in ("position", "expression", "collation")):
        raise ConditionError("trim takes one text and removes the spaces around it.", column_of(tree))
    return Call(name, (checker.text(tree.this),), NUMBER if name == "length" else TEXT)


def text_test(checker: Checker, tree: exp.Expr) -> Node:
    """starts_with and contains."""
    operator: Operator = "starts_with" if type(tree).__name__ == "StartsWith" else "contains"
    return Call(operator, (checker.text(tree.this), checker.text(tree.expression)), BOOLEAN)


def split_part(checker: Checker, tree: exp.Expr) -> Node:
    """The n-th part of a text, n a literal from 1."""
    index = checker.node(tree.args["part_index"])
    value = index.value if isinstance(index, Constant) else None
    if not (isinstance(value, float) and 1 <= value <= 10_000 and value.is_integer()):
        raise ConditionError(
            "split_part(text, separator, n) takes a whole number n from 1, for example split_part(path, '/', 2).",
            column_of(tree),
        )
    return Call("split_part", (checker.text(tree.this), checker.text(tree.args["delimiter"]), index), TEXT)


def absolute(checker: Checker, tree: exp.Expr) -> Node:
    """The number without its sign."""
    return Call("abs", (checker.number(tree.this),), NUMBER)


def rounded(checker: Checker, tree: exp.Expr) -> Node:
    """A number rounded to a literal number of digits."""
    decimals = tree.args.get("decimals")
    digits = checker.node(decimals) if decimals is not None else Constant(0.0, NUMBER)
    if not (isinstance(digits, Constant) and digits.type is NUMBER and digits.value in range(10)):
        message = "round(number, digits) takes a whole number of digits from 0 to 9."
        raise ConditionError(message, column_of(tree))
    return Call("round", (checker.number(tree.this), digits), NUMBER)


def in_list(checker: Checker, tree: exp.Expr) -> Node:
    """Whether a text is in a named list."""
    arguments = tree.expressions
    listed = arguments[1].name if len(arguments) == 2 and arguments[1].is_string else None
    if listed is None:
        raise ConditionError("in_list takes a text and the name of a list: in_list(email_domain, 'competitors').")
    if listed in checker.scope.broken:
        raise ConditionError(f"the list '{listed}' has a problem of its own.", column_of(tree), follows=True)
    if listed not in checker.scope.lists:
        known = did_you_mean(listed, checker.scope.lists) or " Declare it under `lists:`."
        raise ConditionError(f"there is no list '{shortened(listed)}'.{known}", column_of(tree))
    return Call("in_list", (checker.text(arguments[0]), Constant(listed, TEXT)), BOOLEAN)
