"""Turns the values of a page into one HTML file that needs nothing else: style and charts inside."""

from __future__ import annotations

import base64
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from leadline.reporting import figures, texts
from leadline.reporting.charts.bars import bar
from leadline.reporting.charts.columns import column_chart
from leadline.reporting.charts.heat import heat

if TYPE_CHECKING:
    from types import ModuleType


def html(template: str, page: object, *vocabularies: ModuleType, **drawings: object) -> str:
    """The page as HTML; the same values give the same text.

    ``template`` is a file of this package (``scored/page.html``), the public functions of ``vocabularies`` are its
    filters beside those for figures and texts, and ``drawings`` are further functions that it may call.
    """
    style = _shipped("sheet.css")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_shipped),
    )
    for module in (figures, texts, *vocabularies):
        for name, said in vars(module).items():
            if callable(said) and getattr(said, "__module__", "") == module.__name__:
                environment.filters[name] = said
    environment.globals |= {"bar": bar, "heat": heat, "column_chart": column_chart} | drawings
    return environment.get_template(template).render(
        page=page,
        style=Markup(style),  # noqa: S704 - our own file
        policy=policy_for(style),
    )


def policy_for(style: str) -> str:
    """A Content-Security-Policy that forbids everything except this one style sheet."""
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _printable(value: object) -> object:
    """Every text that the template prints goes through here, so that none can be forgotten."""
    return texts.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _shipped(name: str) -> str:
    return (files("leadline.reporting") / name).read_text(encoding="utf-8")
