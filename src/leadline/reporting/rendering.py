"""Turns the values of a page into one HTML file that needs nothing else: style and charts inside."""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from leadline.reporting import figures, sentences, texts
from leadline.reporting.bars import bar
from leadline.reporting.columns import column_chart
from leadline.reporting.heat import heat

if TYPE_CHECKING:
    from jinja2 import Template

    from leadline.reporting.page import Page


def page_html(page: Page) -> str:
    """The page as HTML; the same values give the same text."""
    style = _shipped("page.css")
    return _template().render(page=page, style=Markup(style), policy=policy_for(style))  # noqa: S704 - our own file


def policy_for(style: str) -> str:
    """A Content-Security-Policy that forbids everything except this one style sheet."""
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_printable, trim_blocks=True, lstrip_blocks=True
    )
    for module in (figures, texts, sentences):
        for name, said in vars(module).items():
            if callable(said) and getattr(said, "__module__", "") == module.__name__:
                environment.filters[name] = said
    environment.globals |= {"bar": bar, "heat": heat, "column_chart": column_chart}
    return environment.from_string(_shipped("page.html"))


def _printable(value: object) -> object:
    """Every text that the template prints goes through here, so that none can be forgotten."""
    return texts.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _shipped(name: str) -> str:
    return (files("leadline.reporting") / name).read_text(encoding="utf-8")
