"""Draws pages: one environment for all templates, everything escaped, strangers' texts made fit to print."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from leadline.reporting import figures, texts
from leadline.web import drawing

if TYPE_CHECKING:
    from types import ModuleType


@cache
def environment() -> Environment:
    """The templates with the filters that they may use."""
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PackageLoader("leadline.web"),
    )
    for module in (figures, texts):
        made.filters |= _functions(module)
    made.globals |= _functions(drawing)
    return made


def page(template: str, **values: object) -> str:
    """A template as HTML."""
    return environment().get_template(template).render(**values)


def _functions(module: ModuleType) -> dict[str, Any]:
    return {
        name: said
        for name, said in vars(module).items()
        if callable(said) and getattr(said, "__module__", "") == module.__name__ and not name.startswith("_")
    }


def _printable(value: object) -> object:
    return texts.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
