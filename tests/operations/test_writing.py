"""Agreements are written whole, never over another one unasked, and only where what they name can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leadline.agreement.template import template_text
from leadline.errors import AgreementError, InputError
from leadline.operations.writing import write_agreement_text

if TYPE_CHECKING:
    from pathlib import Path

LISTED = """
leadline: 1
name: listed
fields: {title: {type: text}}
lists: {competitors: {file: competitors.csv}}
fit:
  knockouts: {competitor: "in_list(email_domain, 'competitors')"}
  personas: {anybody: {rules: {named: {when: title IS NOT NULL, points: 5}}}}
engagement: {rules: {visit: {on: Page Viewed, points: 5}}}
mql: {when: {visited: engagement >= 5}}
"""


def test_another_agreement_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "agreement.yaml"
    write_agreement_text(path, template_text())
    write_agreement_text(path, template_text())  # the same again
    changed = template_text() + "# changed\n"
    with pytest.raises(InputError, match=r"agreement\.yaml exists already.*--force"):
        write_agreement_text(path, changed)
    assert path.read_text(encoding="utf-8") == template_text()
    write_agreement_text(path, changed, replace=True)
    assert path.read_text(encoding="utf-8") == changed
    assert [found.name for found in tmp_path.iterdir()] == ["agreement.yaml"]


def test_it_is_not_written_where_its_lists_are_not(tmp_path: Path) -> None:
    (tmp_path / "competitors.csv").write_text("rival.example\n", encoding="utf-8")
    write_agreement_text(tmp_path / "new.yaml", LISTED)
    with pytest.raises(AgreementError, match=r"competitors\.csv"):
        write_agreement_text(tmp_path / "elsewhere" / "new.yaml", LISTED)
    assert not (tmp_path / "elsewhere").exists()
