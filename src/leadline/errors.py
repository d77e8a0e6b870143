"""Every error that Leadline raises on purpose: one tree, so that each entrance can show any of them the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with what somebody wrote: where it is, what is wrong, and the way out.

    ``line`` counts from 1 (0: the file as a whole); ``place`` is the dotted path inside the file.
    """

    line: int
    place: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.place) if part)
        return f"{where}: {self.message}" if where else self.message


class LeadlineError(Exception):
    """What Leadline can name and explain.

    ``status`` is the HTTP status and ``exit_code`` the process exit code with which an entrance reports the class.
    """

    status = 400
    exit_code = 2


class AgreementError(LeadlineError):
    """An agreement that cannot be used. ``problems`` lists all of them, in file order."""

    status = 422
    exit_code = 3

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        heading = f"{source}: {count} problem{'s' if count != 1 else ''}"
        super().__init__("\n".join([heading, *(f"  {problem}" for problem in self.problems)]))


class InputError(LeadlineError):
    """Leads or events that cannot be read at all: a missing file, an unreadable format, a column that is not there."""

    exit_code = 4


class RejectedRowsError(LeadlineError):
    """Some rows were rejected although the caller asked for none to be (``--strict``)."""

    status = 422
    exit_code = 5


class UnknownLeadError(LeadlineError):
    """A question about a lead that no record mentions."""

    status = 404
    exit_code = 6


class StoryError(LeadlineError):
    """Stories of an agreement that do not end as they say."""

    status = 422
    exit_code = 1


class FindingsError(LeadlineError):
    """An agreement in which checks found something although the caller asked for nothing to be (``--strict``)."""

    status = 422
    exit_code = 8
