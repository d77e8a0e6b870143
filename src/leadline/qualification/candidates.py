"""Values worth trying for a field that is unknown: those that the agreement's own conditions talk about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.expressions import Call, Column, Constant, walk
from leadline.agreement.usage import lead_fields_used, profile_conditions
from leadline.fields.catalogue import BOOLEAN, CONTACT_FIELDS, DERIVED_FROM, LEAD_FIELDS, NUMBER, TEXT, TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Agreement
    from leadline.fields.catalogue import Type

_LEVEL_TITLES: Final = {
    "c_level": "Chief {} Officer",
    "vp": "VP {}",
    "director": "Director of {}",
    "manager": "{} Manager",
    "individual": "{} Specialist",
}
_FUNCTION_TITLES: Final = {
    "marketing": "Marketing",
    "sales": "Sales",
    "engineering": "Engineering",
    "it": "IT",
    "finance": "Finance",
    "hr": "Human Resources",
    "operations": "Operations",
    "product": "Product",
    "support": "Customer Support",
    "legal": "Legal",
}
_CONTACTS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("somebody@their-company.example",),
    "phone": ("+49 30 1234567",),
    "handle": ("@somebody",),
}
VALUES_MAX: Final = 60
_OF_TYPE: Final[dict[Type, type | tuple[type, ...]]] = {TEXT: str, NUMBER: float, BOOLEAN: bool, TIME: ()}
"""What values of a type are here; a moment worth trying cannot be told from an agreement."""


def candidates(agreement: Agreement) -> dict[str, tuple[object, ...]]:
    """For each given lead field that rules ask for, values to try; contact fields first."""
    asked = dict.fromkeys((*CONTACT_FIELDS, *(DERIVED_FROM.get(name, name) for name in lead_fields_used(agreement))))
    found = {name: _values(agreement, name) for name in asked}
    return {name: values for name, values in found.items() if values}


def _values(agreement: Agreement, name: str) -> tuple[object, ...]:
    if name in _CONTACTS:
        return _CONTACTS[name]
    choices = next((field.choices for field in agreement.fields if field.name == name), ())
    values: dict[object, None] = dict.fromkeys(choices)
    values |= dict.fromkeys(_mentioned(agreement, name))
    if name == "title":
        values |= dict.fromkeys(_titles(agreement))
    kind = next((field.type for field in agreement.fields if field.name == name), LEAD_FIELDS.get(name, TEXT))
    return tuple(value for value in values if isinstance(value, _OF_TYPE[kind]))[:VALUES_MAX]


def _mentioned(agreement: Agreement, name: str) -> Iterator[object]:
    """Constants that conditions compare a field with; numbers also a little above and below."""
    for condition in profile_conditions(agreement):
        for node in walk(condition.tree):
            if not (
                isinstance(node, Call)
                and any(isinstance(part, Column) and part.name == name for part in node.arguments)
            ):
                continue
            if node.type is not NUMBER and len(node.arguments) == 1:
                yield True
            for part in node.arguments:
                if isinstance(part, Constant) and part.value is not None:
                    yield from _around(part.value)
        if isinstance(condition.tree, Column) and condition.tree.name == name:
            yield True


def _around(value: object) -> Iterator[object]:
    if isinstance(value, float):
        yield from (value, value + 1, value - 1)
    elif isinstance(value, str):
        yield value.strip("%").replace("\\", "")
    else:
        yield value


def _titles(agreement: Agreement) -> Iterator[str]:
    functions, levels = set(_mentioned(agreement, "job_function")), set(_mentioned(agreement, "job_level"))
    for level in [name for name in _LEVEL_TITLES if name in levels] or ["director"]:
        for function in [name for name in _FUNCTION_TITLES if name in functions] or ["marketing"]:
            yield _LEVEL_TITLES[level].format(_FUNCTION_TITLES[function])
