"""One sitting at the what-if page: the agreement as it stands, the past, and an answer to every move."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Final

from leadline import clock
from leadline.agreement.reading import agreement_of, read_file
from leadline.learning.backtest.measures import Yardstick, default_horizon
from leadline.learning.backtest.weeks import weeks_between
from leadline.operations.backtest.origins import read_origins
from leadline.operations.outcomes import outcomes_of
from leadline.operations.progress import silent
from leadline.operations.score import match
from leadline.operations.whatif.answers import Found, compared, found_under, movement_of, movers
from leadline.operations.whatif.past import past_of
from leadline.operations.whatif.receipts import receipts_of
from leadline.operations.whatif.saving import digest_of, next_name, save
from leadline.operations.whatif.trying import Basis
from leadline.qualification.layout import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from leadline.agreement.document import Agreement
    from leadline.log.loading import Source
    from leadline.log.reading import Sources
    from leadline.operations.backtest.origins import Origins
    from leadline.operations.progress import Progress
    from leadline.operations.whatif.answers import Answer, Found, Mover
    from leadline.operations.whatif.past import Past
    from leadline.operations.whatif.receipts import Receipts
    from leadline.operations.whatif.trying import Trial
    from leadline.qualification.outcomes import Outcomes

KEPT: Final = 64
"""Agreements whose qualifications are kept, so that undo and redo answer at once."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sitting is asked to judge by: outcomes (``None``: the log's own), horizon in µs, capacity a week."""

    outcomes: Source | None = None
    horizon: int | None = None
    capacity: float | None = None


class Session:
    """Answers trials on one agreement and one past. Safe for several threads; folds are done one after another."""

    def __init__(
        self, path: Path, basis: Basis, digest: str, past: Past, yardstick: Yardstick, origins: Origins
    ) -> None:
        self.path = path
        self.basis = basis
        self.past = past
        self.yardstick = yardstick
        self.origins = origins
        self._digest = digest
        self.warnings: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self._found: OrderedDict[str, Found] = OrderedDict()
        self._folding = Lock()
        self._connection = Lock()

    def attempt(self, asked: Mapping[str, str]) -> Trial:
        """What comes of texts typed at places."""
        return self.basis.attempt(asked)

    def answer(
        self, agreement: Agreement, stop: Callable[[], bool] = lambda: False, progress: Progress = silent
    ) -> Answer:
        """What an agreement would have changed. Raises ``SupersededError`` once ``stop`` says so."""
        with self._folding:
            before = self._under(self.basis.agreement, stop, silent)
            after = self._under(agreement, stop, progress)
        return compared(before, after, self.past, self.yardstick, self.origins)

    def movers(self, agreement: Agreement, *, entering: bool) -> tuple[Mover, ...]:
        """All leads that enter, or leave."""
        with self._folding:
            before, after = self._under(self.basis.agreement), self._under(agreement)
        movement = movement_of(before, after, self.yardstick)
        if entering:
            moved, found = (movement.entering, movement.entering_at), after
        else:
            moved, found = (movement.leaving, movement.leaving_at), before
        return movers(found, self.past, (self.yardstick, self.origins), moved, len(moved[0]))

    def _under(
        self, agreement: Agreement, stop: Callable[[], bool] = lambda: False, progress: Progress = silent
    ) -> Found:
        version = agreement.version
        found = self._found.get(version)
        if found is None:
            qualified = self.past.fold(agreement, stop, progress)
            found = found_under(agreement, self.past, qualified, self.yardstick)
            self.keep(found)
        self._found.move_to_end(version)
        return found

    def keep(self, found: Found) -> None:
        """Keeps what one agreement found, and forgets what was not asked for longest."""
        self._found[found.agreement.version] = found
        while len(self._found) > KEPT:
            self._found.popitem(last=False)

    def receipts(self, agreement: Agreement, lead_id: str, at: int) -> Receipts:
        """A lead's receipts as of a moment (µs), before and after. Raises ``UnknownLeadError``."""
        with self._connection:
            return receipts_of(self.past, self.basis.agreement, agreement, lead_id, at)

    def suggested_name(self) -> str:
        """A free name for the new file."""
        return next_name(self.path)

    def save(self, trial: Trial, name: str) -> Path:
        """Writes the new agreement; see ``saving.save``."""
        return save(self.basis, trial, self.path, name, self._digest)


def open_session(path: Path, sources: Sources, terms: Terms, progress: Progress = silent) -> Session:
    """Reads the agreement, the log and what became of the leads. Raises ``AgreementError`` or ``InputError``."""
    content = path.read_bytes() if path.is_file() else b""
    reading = read_file(path)
    signed = agreement_of(reading)
    now = clock.now()
    matched = match(signed, sources, now=now, progress=progress)
    past = past_of(matched, signed, now)
    outcomes, notes = outcomes_of(matched, terms.outcomes, now, sources.mapping, sources.timezone)
    outcomes = replace(outcomes, until=_last_known(past, outcomes))
    progress("Folding", 0, None)
    qualified = past.fold(signed, progress=progress)
    stated = terms.horizon or (signed.chance.horizon if signed.chance else None)
    origins = read_origins(sources, past.leads, now)
    yardstick = Yardstick(
        outcomes=outcomes,
        entered=past.entered(),
        weeks=weeks_between(past.since, past.as_of + 1, signed.timezone),
        horizon=stated or default_horizon(outcomes, qualified.lead, qualified.at),
        capacity=terms.capacity,
    )
    session = Session(
        path,
        Basis(content.decode("utf-8"), signed),
        digest_of(content),
        past,
        yardstick,
        origins,
    )
    session.keep(found_under(signed, past, qualified, yardstick))
    session.warnings = tuple(f"{reading.source}, {problem}" for problem in reading.problems)
    session.notes = (*matched.inputs.notes, *notes)
    return session


def _last_known(past: Past, outcomes: Outcomes) -> int:
    """Until when outcomes are known (µs): the last instant that the log or the outcomes mention."""
    dates = [column[column != NEVER] for column in (outcomes.won_at, outcomes.sql_at, outcomes.lost_at)]
    return max([past.as_of, *(int(found.max()) for found in dates if len(found))])
