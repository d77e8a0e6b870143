"""Learning from a simulated company: it finds more customers than what it started from, and nothing in noise."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from leadline.agreement.document import PointsRule
from leadline.agreement.reading import load_agreement, parse_agreement
from leadline.agreement.template import template_text
from leadline.agreement.writing import amend
from leadline.errors import AgreementError, InputError
from leadline.estimates.ranking import among_top
from leadline.learning.evidence import WINS_TO_PROPOSE
from leadline.learning.leaks import LeakError
from leadline.learning.terms import terms_of
from leadline.operations.learn import Learned, Wishes, learn_from, lesson_of, propose_from
from leadline.operations.learning.changes import written
from leadline.operations.learning.inputs import Original, read_candidates, read_material

from .conftest import sources

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.operations.learning.inputs import Material

DAY = 86_400_000_000


@pytest.fixture(scope="module")
def learned(material: Material) -> Learned:
    return learn_from(material, Wishes(horizon=120 * DAY))


def test_the_learned_agreement_finds_more_customers(learned: Learned) -> None:
    assert learned.proposes
    assert learned.wins >= WINS_TO_PROPOSE
    assert learned.test is not None
    found = {one.name: one.customers for one in learned.test.rankings}
    assert found["proposed"] > found["given"]
    assert found["proposed"] > found["naive Bayes"]
    assert found["proposed"] >= found["logistic regression"] - 2
    assert learned.gain > 2.5 * learned.gain_error > 0


def test_the_proposal_is_a_file_that_says_what_the_difference_says(learned: Learned, tmp_path: Path) -> None:
    written = tmp_path / "proposed.yaml"
    written.write_text(learned.text, encoding="utf-8")
    again = load_agreement(written)
    assert again.version == learned.proposed.version != learned.agreement.version
    assert learned.difference
    assert "Looking at prices says more than looking at the blog." in learned.text
    assert all(float(rule.points).is_integer() for rule in again.engagement.rules)


def test_every_change_has_its_evidence(learned: Learned) -> None:
    assert len(learned.changes) <= learned.wins // 10
    for change in learned.changes:
        assert 3 <= change.found <= change.searches == 5
        assert (change.evidence is not None) == (change.kind in ("rule", "fit")), change.label


def test_rules_keep_their_sign(learned: Learned) -> None:
    after = {rule.name: rule.points for rule in learned.proposed.engagement.rules}
    for rule in learned.agreement.engagement.rules:
        assert after[rule.name] * rule.points >= 0


def test_the_volume_stays_about_the_same(learned: Learned) -> None:
    assert learned.test is not None
    given, proposed = learned.test.given.mqls, learned.test.proposed.mqls
    assert proposed == pytest.approx(given, rel=0.35)


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_outcomes_change_nothing(material: Material, seed: int) -> None:
    lesson = lesson_of(material, Wishes(horizon=120 * DAY))
    won = np.random.default_rng(seed).permutation(lesson.examples.won)
    _, proposal = propose_from(material, replace(lesson, examples=replace(lesson.examples, won=won)), seed)
    assert not proposal.state.any()


def test_too_few_customers_are_said_to_be_too_few(material: Material) -> None:
    few = replace(material.outcomes, won=material.outcomes.won & (np.arange(len(material.outcomes)) % 4 == 0))
    found = learn_from(replace(material, outcomes=few), Wishes(horizon=120 * DAY))
    assert not found.proposes
    assert found.verdict.startswith("Not enough evidence to change points")
    assert found.evidence
    none = replace(material.outcomes, won=np.zeros(len(material.outcomes), bool))
    nothing = learn_from(replace(material, outcomes=none), Wishes(horizon=120 * DAY))
    assert nothing.verdict.startswith("Not enough evidence: 0 customers")
    assert nothing.evidence == ()
    assert nothing.text == material.text


def test_capacity_decides_how_many_are_handed_over(material: Material, learned: Learned) -> None:
    assert learned.test is not None
    half = learn_from(material, Wishes(horizon=120 * DAY, capacity=3.0))
    assert half.test is not None
    assert half.test.top < learned.test.top
    assert half.test.proposed.mqls <= learned.test.proposed.mqls


def test_a_rule_that_knows_the_outcome_stops_everything(material: Material) -> None:
    lesson = lesson_of(material, Wishes(horizon=120 * DAY))
    place = [rule.name for rule in material.agreement.engagement.rules].index("webinar")
    seen = lesson.examples.counts[:, place] > 0
    luck = np.random.default_rng(1).random(len(seen)) < 0.001
    outcomes = material.outcomes
    lead, at = lesson.examples.moments.lead, lesson.examples.moments.at
    won, won_at = np.zeros(len(outcomes), bool), np.full(len(outcomes), np.iinfo(np.int64).min)
    won[lead[seen | luck]] = True
    won_at[lead[seen | luck]] = at[seen | luck] + 10 * DAY
    with pytest.raises(LeakError) as caught:
        learn_from(replace(material, outcomes=replace(outcomes, won=won, won_at=won_at)), Wishes(horizon=120 * DAY))
    assert caught.value.leaks[0].column == "webinar"


def test_the_same_seed_gives_the_same_proposal_in_another_process(demo: Path, tmp_path: Path, learned: Learned) -> None:
    agreement, out = tmp_path / "given.yaml", tmp_path / "proposed.yaml"
    agreement.write_text(template_text(), encoding="utf-8")
    files = ("--leads", demo / "leads.parquet", "--events", demo / "events", "--profiles", demo / "profiles.parquet")
    command = [sys.executable, "-m", "leadline", "learn", agreement, *files, "--horizon", "120d", "--out", out]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert out.read_text(encoding="utf-8") == learned.text


def test_candidates_come_from_a_file_or_from_the_log(material: Material, demo: Path, tmp_path: Path) -> None:
    assert "docs_pages" in material.candidates
    assert not {"pricing_pages", "careers_pages", "email_opened"} & set(material.candidates)
    path = tmp_path / "candidates.yaml"
    path.write_text("docs: {on: Page Viewed, when: \"path LIKE '/docs%'\", points: 99}\n", encoding="utf-8")
    stated = read_material(Original(template_text()), sources(demo), candidates=path)
    assert list(stated.candidates) == ["docs"]
    added = next(rule for rule in stated.wide.engagement.rules if rule.name == "docs")
    assert added.points == 0


def test_a_new_usual_half_life_is_that_of_rules_that_spell_out_the_old_one(material: Material) -> None:
    def spelt(text: str) -> str:
        return text.replace("points: 15, at_most: 1 per day}", "points: 15, half_life: 30d, at_most: 1 per day}")

    text, wide_text = spelt(material.text), spelt(material.wide_text)
    assert text != material.text
    given = replace(
        material,
        original=Original(text),
        agreement=parse_agreement(text),
        wide_text=wide_text,
        wide=parse_agreement(wide_text),
    )
    terms = terms_of(given.wide, frozenset(given.candidates))
    state = np.array([int(term.kind == "half_life" and not term.name) for term in terms])
    usual = terms[int(np.flatnonzero(state)[0])]
    after = written(given, terms, state, {}).watching.engagement.rules
    assert {rule.half_life for rule in map(after.__getitem__, usual.of) if isinstance(rule, PointsRule)} == {45 * DAY}
    assert [rule.half_life for rule in after if isinstance(rule, PointsRule) and rule.name == "chat"] == [45 * DAY]


def test_the_mark_and_the_line_ends_of_a_file_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "agreement.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + template_text().replace("\n", "\r\n").encode())
    original = Original.of(file)
    assert original.text.encode() == file.read_bytes()
    assert original.parsed(original.text).version == parse_agreement(template_text()).version
    changed = amend(original.text, {"engagement.max": 120})
    assert changed.startswith("\ufeff#")
    assert original.parsed(changed).engagement.max == 120


def test_candidates_that_are_no_rules_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "candidates.yaml"
    with pytest.raises(InputError, match="cannot be read"):
        read_candidates(path)
    path.write_text("- docs\n", encoding="utf-8")
    with pytest.raises(InputError, match="these are no rules"):
        read_candidates(path)
    path.write_text("docs: {on: Page Viewed, when: 'path >'}\n", encoding="utf-8")
    with pytest.raises(AgreementError):
        parse_agreement(read_material(Original(template_text()), sources(tmp_path), candidates=path).text)


def test_the_top_holds_more_by_the_truth_too(learned: Learned, material: Material, demo: Path) -> None:
    """Not only those who were won, but those whom sales would have won: the truth of the simulation knows."""
    import pyarrow.parquet as pq

    from leadline.learning.examples import scores_of

    lesson = lesson_of(material, Wishes(horizon=120 * DAY))
    later = lesson.examples.rows(~lesson.training)
    table = pq.read_table(demo / "truth" / "truth.parquet", columns=["lead_id", "best_purchase_probability"])
    chances = dict(zip(*(column.to_pylist() for column in table.columns), strict=True))
    ids = material.matched.inputs.lead_ids.to_pylist()
    truth = np.array([chances[ids[lead]] for lead in later.moments.lead])
    assert learned.test is not None
    top = learned.test.top
    proposed = among_top(scores_of(material.history, learned.watching, later.moments), truth, top)
    assert proposed > among_top(later.moments.score, truth, top)
