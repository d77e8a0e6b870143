"""The proof of `leadline learn` on simulated companies whose truth is known: `python benchmarks/learning_proof.py`.

For each seed a company of its own is simulated. On the earlier leads an agreement is learned from the shipped one; on
the later ones, as many leads as the shipped agreement would have handed over are taken by each of four scores, and the
customers among them are counted: those that really became customers, and the sum of the true chances of winning a lead
in its best week. Then outcomes are shuffled among the leads, and nothing must be proposed. Takes about half an hour.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from leadline.agreement.template import template_text
from leadline.estimates.ranking import among_top
from leadline.learning.evidence import WINS_TO_PROPOSE
from leadline.log.reading import Sources
from leadline.operations.learn import Wishes, lesson_of, propose_from, trial_of, write_proposal
from leadline.operations.learning.changes import Written
from leadline.operations.learning.inputs import Material, Original, read_material
from leadline.operations.learning.testing import tested
from leadline.simulation import simulate
from leadline.simulation.company import Company

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.operations.learn import Lesson

    Reals = npt.NDArray[np.float64]

RIVALS = ("given", "naive Bayes", "logistic regression")
SHUFFLED_MOST = 2
"""Of fifty shuffled outcomes at most so many may lead to a proposal."""


@dataclass(frozen=True, slots=True)
class Duel:
    """One seed: customers among the top of each score, real and expected by the truth."""

    seed: int
    wins: int
    later: int
    top: int
    real: dict[str, float]
    expected: dict[str, float]
    changes: int


def simulated(seed: int, leads: int, folder: Path) -> Material:
    """A company's log, read and matched for learning from the shipped agreement."""
    simulate(Company(seed=seed, leads=leads, months=18), folder)
    sources = Sources(
        leads=str(folder / "leads.parquet"),
        events=str(folder / "events"),
        profiles=str(folder / "profiles.parquet"),
    )
    return read_material(Original(template_text()), sources)


def truth_of(material: Material, folder: Path, lead: npt.NDArray[np.int64]) -> Reals:
    """The true chance of winning each lead (n places) in its best week."""
    table = pq.read_table(folder / "truth" / "truth.parquet", columns=["lead_id", "best_purchase_probability"])
    chances = dict(zip(table["lead_id"].to_pylist(), table["best_purchase_probability"].to_pylist(), strict=True))
    ids = material.matched.inputs.lead_ids.to_pylist()
    return np.array([chances[ids[place]] for place in lead.tolist()])


def fought(seed: int, leads: int) -> Duel:
    """One seed's duel."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "company"
        material = simulated(seed, leads, folder)
        wishes = Wishes(seed=seed)
        lesson = lesson_of(material, wishes)
        terms, proposal = propose_from(material, lesson, seed)
        after = Written(material.text, material.agreement, material.watching)
        if proposal.state.any():
            after = write_proposal(material, lesson, terms, proposal, None)
        trial = trial_of(material, lesson, after.watching, wishes)
        test = tested(material, trial)
        if test is None:
            raise SystemExit(f"seed {seed} has no later leads")
        truth = truth_of(material, folder, trial.examples.moments.lead)
    won = trial.examples.won.astype(float)
    return Duel(
        seed,
        int(lesson.examples.won[lesson.training].sum()),
        int(won.sum()),
        test.top,
        {name: among_top(scores, won, test.top) for name, scores in trial.scores.items()},
        {name: among_top(scores, truth, test.top) for name, scores in trial.scores.items()},
        int((proposal.state != 0).sum()),
    )


def shuffled(material: Material, lesson: Lesson, number: int) -> bool:
    """Whether anything is proposed when outcomes are dealt out at random among the leads."""
    random = np.random.default_rng([number, 7])
    examples = replace(lesson.examples, won=random.permutation(lesson.examples.won))
    _, proposal = propose_from(material, replace(lesson, examples=examples), number)
    return bool(proposal.state.any())


def shuffled_before(material: Material, number: int) -> bool | None:
    """The same where whole outcomes, with their instants, are dealt out before anything is looked at.

    None where too few of them fall within a lead's horizon to learn from.
    """
    order = np.random.default_rng([number, 8]).permutation(len(material.outcomes))
    outcomes = material.outcomes
    dealt = replace(
        outcomes,
        **{
            name: getattr(outcomes, name)[order]
            for name in ("won", "sql", "lost", "won_at", "sql_at", "lost_at", "value", "stated")
        },
    )
    mixed = replace(material, outcomes=dealt)
    lesson = lesson_of(mixed, Wishes(seed=number))
    if lesson.examples.won[lesson.training].sum() < WINS_TO_PROPOSE:
        return None
    _, proposal = propose_from(mixed, lesson, number)
    return bool(proposal.state.any())


def summary(duels: Sequence[Duel], kind: str) -> list[str]:
    """Wins, ties, losses and the mean difference with its 95 % interval, against each rival."""
    lines = []
    for rival in RIVALS:
        away = np.array([getattr(duel, kind)["proposed"] - getattr(duel, kind)[rival] for duel in duels])
        error = 1.96 * away.std(ddof=1) / np.sqrt(len(away)) if len(away) > 1 else float("nan")
        won, lost = int((away > 1e-9).sum()), int((away < -1e-9).sum())
        lines.append(
            f"  {kind:8s} against {rival:20s} won {won:2d}, tied {len(away) - won - lost:2d}, lost {lost:2d}; "
            f"mean {away.mean():+6.2f} ± {error:.2f}"
        )
    return lines


def main() -> int:
    """Runs the proof; exit code 1 where it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=101)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--shuffles", type=int, default=50)
    arguments = parser.parse_args()
    duels = []
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        duel = fought(seed, arguments.leads)
        duels.append(duel)
        shown = {
            kind: {name: round(value, 1) for name, value in getattr(duel, kind).items()}
            for kind in ("real", "expected")
        }
        print(
            f"seed {seed}: {duel.wins} customers to learn from, {duel.changes} changes, top {duel.top}",
            json.dumps(shown),
            flush=True,
        )
    for kind in ("real", "expected") if duels else ():
        print("\n".join(summary(duels, kind)))
    proposals = noise(arguments.leads, arguments.shuffles)
    beaten = all(sum(duel.real["proposed"] - duel.real[rival] for duel in duels) >= 0 for rival in RIVALS)
    return 0 if beaten and proposals <= SHUFFLED_MOST * arguments.shuffles / 50 else 1


def noise(leads: int, count: int) -> int:
    """How many of shuffled outcomes lead to a proposal, by the worse of the two ways to shuffle."""
    if not count:
        return 0
    with tempfile.TemporaryDirectory() as name:
        material = simulated(7, leads, Path(name) / "company")
    lesson = lesson_of(material, Wishes())
    within = sum(shuffled(material, lesson, number) for number in range(count))
    print(f"outcomes shuffled among the examples: {within} of {count} propose something", flush=True)
    before = [shuffled_before(material, number) for number in range(count)]
    asked = [answer for answer in before if answer is not None]
    left = count - len(asked)
    print(f"outcomes shuffled among all leads: {sum(asked)} of {len(asked)} propose something, {left} have too few")
    return max(within, sum(asked))


if __name__ == "__main__":
    sys.exit(main())
