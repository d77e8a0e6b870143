"""What must hold of the engine's decisions, whatever the agreement and the history."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from leadline.agreement.document import PointsRule, ThresholdRule
from leadline.agreement.reading import parse_agreement
from leadline.clock import DAY, HOUR
from leadline.engines import duckdb
from leadline.fields.catalogue import STAGE_RECORDS
from leadline.qualification import timeline
from leadline.qualification.matching import hits_fingerprint
from qualification.running import decided, matched
from strategies import History, agreement_texts, agreements, as_ofs, histories
from strategies.literals import picked

if TYPE_CHECKING:
    import random

    from hypothesis.strategies import DrawFn, SearchStrategy

    from leadline.agreement.document import Agreement, Rule

Row = dict[str, Any]
FEWER = settings(max_examples=max(12, settings().max_examples // 12))
"""For properties that match more than once an example."""


def assert_alike(one: dict[str, Row], other: dict[str, Row]) -> None:
    """The same decisions; sums taken in another order may differ in the last of six decimals."""
    assert one.keys() == other.keys()
    for lead_id, row in one.items():
        assert rounded(row) == pytest.approx(rounded(other[lead_id]), abs=1.1e-6)
        assert texts(row) == texts(other[lead_id])


def rounded(row: Row) -> list[float]:
    """All scores of a decision."""
    reasons = [given[name] for given in row["contributions"] for name in ("raw", "counted")]
    return [row["fit"], row["engagement"], *reasons]


def texts(row: Row) -> Row:
    """All of a decision that is exact."""
    reasons = [{**given, "raw": None, "counted": None} for given in row["contributions"]]
    return {**row, "fit": None, "engagement": None, "contributions": reasons}


@st.composite
def crowds(draw: DrawFn, agreement: Agreement) -> History:
    """Up to nine leads."""
    crowd = History([], [], [])
    for number in range(draw(picked((1, 2, 3)))):
        for rows, some in zip(crowd, draw(histories(agreement)), strict=True):
            rows += [_renamed(row, number) for row in some]
    return crowd


def _renamed(row: Row, number: int) -> Row:
    named = row | {"lead_id": f"{row['lead_id']}{number}"}
    return named | {"event_id": f"{row['event_id']}-{number}"} if "event_id" in row else named


Question = tuple["Agreement", History, int]


@st.composite
def questions(draw: DrawFn, of: SearchStrategy[Agreement] | None = None) -> Question:
    """An agreement, a crowd and a moment."""
    agreement = draw(of if of is not None else agreements())
    crowd = draw(crowds(agreement))
    return agreement, crowd, draw(as_ofs(agreement, crowd))


# The log: order, pieces, what is not visible


@FEWER
@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(question: Question, shuffler: random.Random) -> None:
    agreement, history, as_of = question
    shuffled = History(*([*rows] for rows in history))
    for rows in shuffled:
        shuffler.shuffle(rows)
    assert_alike(decided(agreement, shuffled, as_of), decided(agreement, history, as_of))


@FEWER
@given(questions(), st.integers(1, 3), st.integers(1, 5), st.sampled_from((0, 200, 2**31)))
def test_pieces_parts_and_spilling_change_nothing(question: Question, leads: int, rows: int, kept: int) -> None:
    agreement, history, as_of = question
    whole = decided(agreement, history, as_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timeline, "LEADS_A_PART", leads)
        patch.setattr(timeline, "KEPT_BYTES_MAX", kept)
        patch.setattr(duckdb, "EVENTS_A_BATCH", rows)
        patch.setattr(duckdb, "PROFILES_A_BATCH", rows)
        run = matched(agreement, history)
        assert list(run.decide(agreement, as_of).values()) == list(whole.values())
        assert run.decide(agreement, as_of) == whole  # parts are kept, or read from the disk again


@FEWER
@given(questions())
def test_what_comes_later_changes_nothing(question: Question) -> None:
    agreement, history, as_of = question
    seen = History(
        [row for row in history.leads if row["created_at"] is None or row["created_at"] <= as_of],
        [row for row in history.profiles if row["valid_from"] is None or row["valid_from"] <= as_of],
        [row for row in history.events if row["occurred_at"] <= as_of],
    )
    known = {row["lead_id"] for row in (*seen.leads, *seen.profiles)}
    strangers = {row["lead_id"] for row in seen.events} - known
    blank = [{"lead_id": lead_id, "valid_from": as_of + 1} for lead_id in sorted(strangers)]
    alone = seen._replace(profiles=[*seen.profiles, *blank])
    assert decided(agreement, alone, as_of) == decided(agreement, history, as_of)


@FEWER
@given(questions(), st.randoms(use_true_random=False))
def test_profiles_said_twice_change_nothing(question: Question, shuffler: random.Random) -> None:
    agreement, history, as_of = question
    twice = history._replace(
        leads=history.leads * 2, profiles=history.profiles + shuffler.sample(history.profiles, len(history.profiles))
    )
    assert decided(agreement, twice, as_of) == decided(agreement, history, as_of)


@FEWER
@given(questions())
def test_a_lead_alone_is_as_among_others(question: Question) -> None:
    agreement, history, as_of = question
    alone: dict[str, Row] = {}
    for lead_id in dict.fromkeys(row["lead_id"] for row in (*history.leads, *history.profiles)):
        own = History(*([row for row in rows if row["lead_id"] == lead_id] for rows in history))
        alone |= decided(agreement, own, as_of)
    assert alone == decided(agreement, history, as_of)


@FEWER
@given(questions())
def test_the_order_of_leads_is_that_of_the_answer(question: Question) -> None:
    agreement, history, as_of = question
    backwards = History(history.leads[::-1], history.profiles[::-1], history.events)
    one, other = decided(agreement, history, as_of), decided(agreement, backwards, as_of)
    assert one == other
    order = list(dict.fromkeys(row["lead_id"] for row in (*backwards.leads, *backwards.profiles)))
    assert list(other) == [lead_id for lead_id in order if lead_id in other]


# The agreement: spelling, refolding


@FEWER
@given(st.data())
def test_reformatting_keeps_version_and_answer(data: st.DataObject) -> None:
    text = data.draw(agreement_texts())
    tree = YAML(typ="safe", pure=True).load(text)
    in_json = json.dumps(tree, indent=data.draw(st.sampled_from((None, 1, 7))), ensure_ascii=data.draw(st.booleans()))
    with_remarks = "\n\n".join(f"{line}   # a remark" for line in text.splitlines())
    agreement = parse_agreement(text)
    history = data.draw(histories(agreement))
    as_of = data.draw(as_ofs(agreement, history))
    answer = decided(agreement, history, as_of)
    for spelling in (in_json, with_remarks):
        again = parse_agreement(spelling)
        assert again.version == agreement.version
        assert decided(again, history, as_of) == answer


@st.composite
def tuned(draw: DrawFn, agreement: Agreement) -> Agreement:
    """The same conditions with other points, caps, half-lives, thresholds, tiers and cool-downs."""
    amount = st.sampled_from((0.5, 1.0, 7.0, 12.5, 30.0))
    duration = st.sampled_from((HOUR, DAY, 3 * DAY, 30 * DAY))
    interest = agreement.engagement
    rules = tuple(draw(_tuned_rules(rule, amount, duration)) for rule in interest.rules)
    groups = tuple(replace(group, max=draw(st.one_of(st.none(), amount))) for group in interest.groups)
    levels = (("hot", draw(amount) + 30), *((name, bound) for name, bound in interest.levels if name != "hot"))
    return replace(
        agreement,
        engagement=replace(interest, rules=rules, groups=groups, max=draw(amount) * 3, levels=levels),
        fit=replace(agreement.fit, max=draw(amount) * 2),
        mql=replace(
            agreement.mql,
            recycle=replace(agreement.mql.recycle, cooldown=draw(duration), reset=draw(st.booleans())),
        ),
    )


def _tuned_rules(rule: Rule, amount: SearchStrategy[float], duration: SearchStrategy[int]) -> SearchStrategy[Rule]:
    points = st.tuples(amount, st.sampled_from((1.0, -1.0))).map(lambda pair: pair[0] * pair[1])
    if isinstance(rule, PointsRule):
        maybe = st.one_of(st.none(), duration)
        limit = rule.at_most
        counts = st.integers(1, 4)
        at_most = st.none() if limit is None else counts.map(lambda count: replace(limit, count=count))
        return st.builds(
            replace, st.just(rule), points=points, half_life=maybe, expires=maybe, at_most=at_most,
            max=st.one_of(st.none(), amount), survives_reset=st.booleans(),
        )  # fmt: skip
    if isinstance(rule, ThresholdRule):
        return st.builds(replace, st.just(rule), points=points, at_least=amount, within=duration)
    return st.builds(replace, st.just(rule), points=points)


@FEWER
@given(st.data())
def test_refolding_is_as_matching_anew(data: st.DataObject) -> None:
    agreement, history, as_of = data.draw(questions())
    other = data.draw(tuned(agreement))
    assert hits_fingerprint(other) == hits_fingerprint(agreement)
    run = matched(agreement, history)
    run.decide(agreement, as_of)
    assert run.decide(other, as_of) == decided(other, history, as_of)


# More interest is never less


def benign(agreement: Agreement) -> Agreement:
    """The agreement without penalties; of sums, which a negative amount could lower, nothing is given."""
    rules = tuple(
        replace(rule, points=0.0 if isinstance(rule, ThresholdRule) and rule.sum else abs(rule.points))
        for rule in agreement.engagement.rules
    )
    return replace(agreement, engagement=replace(agreement.engagement, rules=rules))


def assert_no_lower(more: dict[str, Row], less: dict[str, Row]) -> None:
    """No score and no rule's contribution has fallen, and nobody is less qualified."""
    for lead_id, row in less.items():
        assert more[lead_id]["engagement"] >= row["engagement"] - 1.1e-6
        assert more[lead_id]["fit"] == row["fit"]
        raw = {given["rule"]: given["raw"] for given in more[lead_id]["contributions"]}
        assert all(raw[given["rule"]] >= given["raw"] - 1.1e-6 for given in row["contributions"])


@FEWER
@given(questions(agreements().map(benign)), st.data())
def test_one_more_hit_now_never_lowers_a_score(question: Question, data: st.DataObject) -> None:
    """Now, not for ever: what `at_most` accepts today it may refuse tomorrow."""
    agreement, history, as_of = question
    kinds = [row for row in history.events if row["event"] not in STAGE_RECORDS]
    assume(kinds)
    chosen = data.draw(picked(kinds)) | {"event_id": "one more", "occurred_at": as_of}
    more = history._replace(events=[*history.events, chosen])
    assert_no_lower(decided(agreement, more, as_of), decided(agreement, history, as_of))


@FEWER
@given(questions(agreements().map(benign)), st.data())
def test_more_points_never_lower_a_score(question: Question, data: st.DataObject) -> None:
    agreement, history, as_of = question
    rules = list(agreement.engagement.rules)
    place = data.draw(st.integers(0, len(rules) - 1))
    rules[place] = replace(rules[place], points=rules[place].points + data.draw(st.sampled_from((0.1, 5.0, 100.0))))
    generous = replace(agreement, engagement=replace(agreement.engagement, rules=tuple(rules)))
    run = matched(agreement, history)
    assert_no_lower(run.decide(generous, as_of), run.decide(agreement, as_of))
