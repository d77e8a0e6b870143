"""Builds SVG elements whose texts and attributes are escaped, so that no chart pastes text."""

from __future__ import annotations

from markupsafe import Markup, escape

from leadline.reporting.texts import clean


def element(tag: str, *children: str, **attributes: str | float) -> Markup:
    """An element; ``class_`` is the attribute ``class``, ``stroke_width`` is ``stroke-width``."""
    names = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
    written = Markup("").join(
        Markup(' {}="{}"').format(name if name != "viewbox" else "viewBox", _value(value)) for name, value in names
    )
    inside = Markup("").join(child if isinstance(child, Markup) else escape(clean(child)) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(tag, written, inside)


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return clean(value)
    return f"{value:.2f}".rstrip("0").rstrip(".")
