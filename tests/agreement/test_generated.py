"""The schema and the reference page on disk are those that the program makes; agreements fit."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import ruamel.yaml

from agreement.examples import example_text
from agreement.golden import check_golden
from leadline.agreement.format.json_schema import schema, schema_text
from leadline.agreement.format.reference_page import reference_page
from leadline.agreement.template import template_text

DOCS = Path(__file__).parents[2] / "docs"
PROBLEMS = Path(__file__).parent / "problems"


def plain(text: str) -> Any:
    return ruamel.yaml.YAML(typ="safe", pure=True).load(io.StringIO(text))


def test_the_schema_on_disk_is_current() -> None:
    check_golden(DOCS / "agreement.schema.json", schema_text())


def test_the_reference_page_on_disk_is_current() -> None:
    check_golden(DOCS / "agreement-reference.md", reference_page())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("text", [template_text(), example_text()], ids=["template", "example"])
def test_agreements_fit_the_schema(text: str) -> None:
    jsonschema.validate(plain(text), schema(), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", ["top", "missing", "rules"])
def test_the_schema_sees_mistakes(name: str) -> None:
    document = plain((PROBLEMS / f"{name}.yaml").read_text(encoding="utf-8"))
    assert [*jsonschema.Draft202012Validator(schema()).iter_errors(document)]
