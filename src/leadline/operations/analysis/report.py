"""Writes what an analysis leaves behind: report, draft, map, and the leads where they had to be prepared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.errors import InputError
from leadline.operations.writing import write_table, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.operations.analyse import Analysis


@dataclass(frozen=True, slots=True)
class Places:
    """Where things go; ``None`` where they are not written."""

    report: Path | None = None
    agreement: Path | None = None
    mapping: Path | None = None
    prepared: Path | None = None


def places_for(report: Path | None, agreement: Path | None, mapping: Path | None) -> Places:
    """The places asked for; draft, map and prepared leads lie beside the report, or beside the draft."""
    if report is not None and report.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{report}: a report is a page. Give it the ending .html.")
    beside = report or agreement
    if beside is None:
        return Places(mapping=mapping)
    stem = beside.with_suffix("").name
    return Places(
        report,
        agreement or beside.with_name(f"{stem}-agreement.yaml"),
        mapping or beside.with_name(f"{stem}-map.yaml"),
        beside.with_name(f"{stem}-leads.csv"),
    )


def write_analysis(analysis: Analysis, places: Places, *, replace: bool = False) -> None:
    """Writes everything that has a place, each file whole or not at all.

    Raises ``InputError`` where a file cannot be written, or an agreement or a map of other content is there and shall
    stay.
    """
    texts = _texts(analysis, places)
    if not replace:
        for path, text in texts.items():
            _refuse_other(path, text)
    for path, text in texts.items():
        write_whole(path, lambda file, text=text: file.write(text.encode()))  # type: ignore[misc]
    draft = analysis.draft
    if draft is not None and draft.prepared is not None and places.prepared is not None:
        write_table(draft.prepared, places.prepared)
    if places.report is not None:
        from leadline.operations.analysis.page import page_of
        from leadline.reporting.analysis.rendering import page_html

        page = page_html(page_of(analysis, places)).encode()
        write_whole(places.report, lambda file: file.write(page))


def _texts(analysis: Analysis, places: Places) -> dict[Path, str]:
    draft = analysis.draft
    if draft is None:
        return {}
    wanted = ((places.agreement, draft.agreement), (places.mapping, draft.mapping))
    return {path: text for path, text in wanted if path is not None}


def _refuse_other(path: Path, text: str) -> None:
    """What somebody changed is not written over."""
    if not path.exists():
        return
    try:
        same = path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        same = False
    if not same:
        raise InputError(f"{path} exists already, with other content. Name another file, or use --force to replace it.")
