"""From a file to an agreement, or to all of its problems at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.agreement.chance_reading import read_chance
from leadline.agreement.checking.plausibility import implausible
from leadline.agreement.criteria import CriterionScope, parse_criterion
from leadline.agreement.document import Agreement, Criterion, Field, Mql, NamedList, Recycle
from leadline.agreement.format.shape import AGREEMENT, FORMAT
from leadline.agreement.format.structure import Structure
from leadline.agreement.format.yaml_tree import BYTES_MAX, parse_yaml
from leadline.agreement.interest import read_engagement
from leadline.agreement.lists import read_list
from leadline.agreement.people import lead_scope, read_fit
from leadline.agreement.sql.text import ConditionError, is_word_of_sql
from leadline.agreement.story_reading import read_stories
from leadline.errors import AgreementError, InputError, Problem
from leadline.fields.catalogue import DERIVED_FIELDS, LEAD_FIELDS, STAGE_RECORDS

if TYPE_CHECKING:
    from leadline.agreement.format.structure import Written


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a file: the agreement if there are no errors, and every problem and warning."""

    agreement: Agreement | None
    problems: tuple[Problem, ...]
    source: str


def load_agreement(path: str | Path) -> Agreement:
    """The agreement in a file. Raises ``AgreementError`` with all errors; warnings do not stop it."""
    return agreement_of(read_file(path))


def parse_agreement(text: str, *, source: str = "agreement", folder: Path | None = None) -> Agreement:
    """The agreement in a text; list files are looked up in ``folder``. Raises ``AgreementError``."""
    return agreement_of(read_text(text, source=source, folder=folder))


def agreement_of(reading: Reading) -> Agreement:
    """The agreement of a reading. Raises ``AgreementError`` with all errors; warnings do not stop it."""
    if reading.agreement is None:
        raise AgreementError(reading.source, tuple(p for p in reading.problems if p.severity == "error"))
    return reading.agreement


def read_file(path: str | Path) -> Reading:
    """Reads a file. Raises ``InputError`` if there is none, ``AgreementError`` if it is no YAML."""
    path = Path(path)
    if "\0" in str(path):
        raise InputError("the name of the agreement has a NUL character. Check the name.")
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
    except OSError as error:
        hint = "Write one with `leadline init`." if isinstance(error, FileNotFoundError) else ""
        raise InputError(f"{path}: the agreement cannot be read: {error.strerror}. {hint}".rstrip()) from None
    if len(content) > BYTES_MAX:
        message = f"the file has more than {BYTES_MAX:,} bytes. Put long sets into list files."
        raise AgreementError(str(path), (Problem(0, "", message),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise AgreementError(
            str(path), (Problem(line, "", "the text is not UTF-8. Save the file as UTF-8."),)
        ) from None
    return read_text(text, source=str(path), folder=path.parent)


def read_text(text: str, *, source: str = "agreement", folder: Path | None = None) -> Reading:
    """Reads a text and collects every problem. Raises ``AgreementError`` only if it is no YAML at all."""
    node, key_problems = parse_yaml(text, source)
    structure = Structure()
    structure.problems.extend(key_problems)
    written = structure.read(node, AGREEMENT, "")
    agreement = None
    if written is not None:
        agreement = _Builder(structure, folder or Path()).build(written)
    errors = any(problem.severity == "error" for problem in structure.problems)
    if agreement is not None and written is not None and not errors:
        structure.problems.extend(implausible(agreement, written))
    return Reading(None if errors else agreement, tuple(sorted(structure.problems)), source)


class _Builder:
    """Puts the parts together; each part needs the names of those before it."""

    def __init__(self, structure: Structure, folder: Path) -> None:
        self.structure = structure
        self.folder = folder

    def build(self, top: Written) -> Agreement | None:
        self._check_format(top)
        fields = self._fields(top)
        lists = tuple(
            named
            for name, entry in top.entries("lists").items()
            if (named := read_list(self.structure, self.folder, name, entry)) is not None
        )
        timezone = top.get("timezone") or "UTC"
        scope = lead_scope(fields, lists, timezone, _broken(top, fields, lists))
        fit_written, engagement_written, mql_written = top.at("fit"), top.at("engagement"), top.at("mql")
        fit = None if fit_written is None else read_fit(self.structure, fit_written, scope)
        engagement = None if engagement_written is None else read_engagement(self.structure, engagement_written, scope)
        chance = read_chance(self.structure, top)
        stories = read_stories(self.structure, top, fields)
        if fit is None or engagement is None or mql_written is None:
            return None
        mql = self._mql(mql_written, top)
        return Agreement(
            name=top.get("name") or "",
            timezone=timezone,
            currency=top.get("currency") or "EUR",
            fiscal_year_starts=self._month(top),
            fields=fields,
            lists=lists,
            fit=fit,
            engagement=engagement,
            mql=mql,
            two_way=self._two_way(top),
            chance=chance,
            stories=stories,
        )

    def _check_format(self, top: Written) -> None:
        written = top.get("leadline")
        if written is not None and written != FORMAT:
            message = f"this is format {written}, but this program reads format {FORMAT}. Write leadline: {FORMAT}."
            self.structure.report(top.line_of("leadline"), "leadline", message)

    def _two_way(self, top: Written) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(top.get("two_way") or ()))
        for name in names:
            if name in STAGE_RECORDS:
                message = f"'{name}' says what sales did; it is a stage of its own, not a communication. Remove it."
                self.structure.report(top.line_of("two_way"), "two_way", message)
        return names

    def _month(self, top: Written) -> int:
        month = top.get("fiscal_year_starts")
        if month is not None and not 1 <= month <= 12:
            message = f"{month} is not a month. Write 1 to 12."
            self.structure.report(top.line_of("fiscal_year_starts"), "fiscal_year_starts", message)
        return 1 if month is None else int(month)

    def _fields(self, top: Written) -> tuple[Field, ...]:
        section = top.at("fields")
        fields = []
        for name, entry in top.entries("fields").items():
            if name in LEAD_FIELDS:
                derived = " Leadline works it out from other fields." if name in DERIVED_FIELDS else ""
                line = section.line_of(name) if section else 0
                message = f"'{name}' is built in and need not be declared.{derived} Remove it."
                self.structure.report(line, entry.place, message)
            elif is_word_of_sql(name):
                message = f"'{name}' is a word of SQL and cannot be a name in conditions. Choose another."
                self.structure.report(entry.line, entry.place, message)
            elif entry.get("type") is not None:
                choices = entry.get("choices") or ()
                fields.append(
                    Field(
                        name=name,
                        type=entry.get("type"),
                        label=entry.get("label") or name.replace("_", " ").capitalize(),
                        unit=entry.get("unit"),
                        choices=choices,
                        ask=entry.get("ask") is not False,
                    )
                )
                self._check_choices(entry)
        return tuple(fields)

    def _check_choices(self, entry: Written) -> None:
        choices, kind = entry.get("choices"), entry.get("type")
        wanted = {"text": str, "number": float}.get(kind)
        if choices is None:
            return
        if wanted is None:
            self.structure.report(entry.line_of("choices"), entry.place, f"a {kind} has no choices. Remove them.")
        elif wrong := [str(choice) for choice in choices if not isinstance(choice, wanted)]:
            self.structure.report(
                entry.line_of("choices"),
                entry.place,
                f"the choices of a {kind} must be {kind}s; {', '.join(wrong)} is not.",
            )

    def _mql(self, written: Written, top: Written) -> Mql:
        scope = _criterion_scope(top)
        criteria = []
        for name, entry in written.entries("when").items():
            try:
                criteria.append(Criterion(name, parse_criterion(entry.value, scope), entry.value))
            except ConditionError as error:
                self.structure.report(entry.line, entry.place, str(error))
        ways = written.at("when")
        if ways is not None and not ways.key_lines:
            message = "there is no way to qualify. Write at least one criterion."
            self.structure.report(written.line_of("when"), "mql.when", message)
        recycle = written.at("recycle")
        return Mql(
            tuple(criteria),
            Recycle()
            if recycle is None
            else Recycle(recycle.get("cooldown") or 0, bool(recycle.get("reset")), recycle.get("lost")),
        )


def _names(section: Written | None, name: str) -> tuple[str, ...]:
    """All names written under a key, also of things that could not be read."""
    inner = section.at(name) if section is not None else None
    return tuple(inner.key_lines) if inner is not None else ()


def _broken(top: Written, fields: tuple[Field, ...], lists: tuple[NamedList, ...]) -> frozenset[str]:
    declared = {*_names(top, "fields"), *_names(top, "lists")}
    return frozenset(declared - {field.name for field in fields} - {named.name for named in lists})


def _criterion_scope(top: Written) -> CriterionScope:
    """The names as written, so that a rule with a problem of its own is not reported again where it is
    used.
    """
    fit, engagement = top.at("fit"), top.at("engagement")
    read = engagement.entries("rules") if engagement is not None else {}
    return CriterionScope(
        rules={name: name not in read or "on" in read[name].key_lines for name in _names(engagement, "rules")},
        groups=_names(engagement, "groups"),
        names={
            "persona": _names(fit, "personas"),
            "grade": (*_names(fit, "grades"), "D"),
            "level": (*_names(engagement, "levels"), "cold"),
        },
    )
