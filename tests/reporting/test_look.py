"""The look: colours that can be told apart and read in light and dark, and nothing from outside."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = (files("leadline.reporting") / "sheet.css").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme: dark ones stand in the second block."""
    blocks = re.findall(r":root \{(.*?)\n\s*\}", STYLE, re.DOTALL)[:2]
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks)
    assert light.keys() == dark.keys()
    return light if scheme == "light" else dark


def luminance(colour: str) -> float:
    """Relative luminance of sRGB (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["text", "text-quiet", "accent"])
@pytest.mark.parametrize("ground", ["page", "surface"])
def test_texts_can_be_read(scheme: str, text: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("shade", "text"),
    [
        (0, "text-quiet"),
        (1, "on-heat"),
        (2, "on-heat"),
        (3, "on-heat"),
        (4, "on-heat-strong"),
        (5, "on-heat-strong"),
    ],
)
def test_figures_on_heat_can_be_read(scheme: str, shade: int, text: str) -> None:
    colours = tokens(scheme)
    assert f".heat-{shade} {{ background: var(--heat-{shade}); color: var(--{text}); }}" in STYLE
    assert contrast(colours[text], colours[f"heat-{shade}"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("shape", ["accent", "minus", "unknown", "line-strong"])
def test_shapes_can_be_seen(scheme: str, shape: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[shape], colours["surface"]) >= 3
    if shape != "line-strong":
        assert contrast(colours[shape], colours["track"]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_shades_go_one_way(scheme: str) -> None:
    shades = [luminance(tokens(scheme)[f"heat-{step}"]) for step in range(6)]
    assert shades == sorted(shades, reverse=scheme == "light")


def test_style_asks_for_nothing_and_cannot_end_early() -> None:
    assert not re.search(r"url\(|@import|@font-face|</", STYLE)


def test_paper_is_light() -> None:
    assert STYLE.count("prefers-color-scheme") == 1
    assert "@media screen and (prefers-color-scheme: dark)" in STYLE
