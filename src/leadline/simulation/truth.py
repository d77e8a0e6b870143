"""What is really so beside the log: intent, true chances, and which channels caused which purchases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from leadline.simulation import chances
from leadline.simulation.channels import CHANNEL_OF, CHANNELS, LIFT
from leadline.simulation.columns import NEVER, Bools, Floats, Ints
from leadline.simulation.conversations import deal_name
from leadline.simulation.intent import LIFT_KEPT, activity, own_intent, saturated
from leadline.simulation.people import KINDS, MAILBOXES
from leadline.simulation.reaching import HANDS, hazards
from leadline.simulation.tables import coded, floats, instants, lead_ids
from leadline.simulation.titles import FUNCTIONS, LEVELS

if TYPE_CHECKING:
    from leadline.simulation.deals import Deals
    from leadline.simulation.judging import Work
    from leadline.simulation.world import Cohort, World

USUAL_WAIT_DAYS = 1.0
WORTH = 0.16
"""A lead is worth handing over if, in its best week, sales would win it with at least this probability."""

_SMALLEST_CAUSE = 0.1


def chance_of_buying(here: World, crew: Cohort, rows: Ints, intent: Floats) -> Floats:
    """The probability that leads ever buy, over all weeks in which they may reach sales, in the first
    round.
    """
    crowd, first = crew.people, crew.life.first_week
    some = hazards(here.calendar, crowd, intent, first, rows)
    counted = crew.reached.counted_at[rows]
    column = here.calendar.week_of(np.minimum(counted, here.company.ends_at)) - first
    by_count = np.zeros(some.shape, dtype=bool)
    by_count[np.arange(len(rows)), np.clip(column, 0, some.shape[1] - 1)] = counted < NEVER
    reaching = np.where(by_count, np.float32(1), some)
    still = np.cumprod(1 - reaching, axis=1)
    before = np.concatenate([np.ones((len(rows), 1), dtype=still.dtype), still[:, :-1]], axis=1)
    fit = crowd.fit[rows, None].astype(np.float32)
    buys = chances.buying(fit, intent, ~by_count, np.float32(USUAL_WAIT_DAYS) * np.ones((1, 1), dtype=np.float32))
    total: Floats = (before * reaching * buys).sum(axis=1)
    return total


def best_chance(crew: Cohort) -> Floats:
    """The probability that sales, called in the lead's best week, wins it."""
    best = np.max(crew.life.intent, axis=1).astype(np.float64)
    size = len(best)
    return chances.buying(crew.people.fit, best, np.zeros(size, dtype=bool), np.full(size, USUAL_WAIT_DAYS))


def causes(here: World, crew: Cohort, rows: Ints, chance: Floats) -> tuple[pa.Table, Ints, Floats]:
    """Remove one channel at a time from the lives of ``rows`` and see how the chance of buying falls.

    Visits are held as they were; only what they did to intent is taken away. Gives one line a lead and
    channel, each lead's main channel (-1: none mattered), and the chance that is left without any
    marketing at all.
    """
    shape = (len(rows), crew.life.intent.shape[1])
    own = own_intent(crew.people, np.arange(shape[1]) + crew.life.first_week, rows)
    gains, touches = _gains(here, crew, rows, shape)
    total = gains.sum(axis=0)
    drop = np.zeros((len(rows), len(CHANNELS)))
    for channel in range(len(CHANNELS)):
        if touches[:, channel].any() and gains[channel].any():
            without = own + saturated(total - gains[channel])
            drop[:, channel] = np.maximum(chance - chance_of_buying(here, crew, rows, without), 0.0)
    unmoved = chance_of_buying(here, crew, rows, own)
    main = np.where(drop.max(axis=1) >= _SMALLEST_CAUSE * np.maximum(chance, 1e-9), drop.argmax(axis=1), -1)
    lead, channel_of = np.nonzero(touches)
    table = pa.table(
        {
            "lead_id": lead_ids(crew.people.first + rows[lead]),
            "channel": coded(channel_of, CHANNELS),
            "touches": pa.array(touches[lead, channel_of]),
            "removal_effect": floats(drop[lead, channel_of]),
        }
    )
    return table, main, unmoved


def _gains(here: World, crew: Cohort, rows: Ints, shape: tuple[int, int]) -> tuple[Floats, Ints]:
    """What each channel had added to intent by each week (channel, lead, week), and its touches."""
    life = crew.life
    place = np.full(crew.people.size, -1)
    place[rows] = np.arange(len(rows))
    chosen = np.flatnonzero(place[life.visit_lead] >= 0)
    lead, channel = place[life.visit_lead[chosen]], CHANNEL_OF[life.campaign[chosen]]
    column = life.visit_week[chosen] - life.first_week + 1
    later = chosen >= crew.people.size
    effect = LIFT[life.campaign[chosen]] / np.where(later, max(activity(here.company), 0.5), 1.0)
    gains = np.zeros((len(CHANNELS), shape[0], shape[1] + 1), dtype=np.float32)
    np.add.at(gains, (channel, lead, column), effect)
    for week in range(1, shape[1] + 1):
        gains[:, :, week] += gains[:, :, week - 1] * np.float32(LIFT_KEPT)
    touches = np.zeros((shape[0], len(CHANNELS)), dtype=np.int64)
    np.add.at(touches, (lead, channel), 1)
    return gains[:, :, : shape[1]], touches


def truth_tables(here: World, crew: Cohort, work: Work, deals: Deals) -> tuple[pa.Table, pa.Table]:
    """The truth of a cohort: one line a lead, and one a lead that reached sales and channel."""
    crowd, raised = crew.people, crew.reached
    everybody = np.arange(crowd.size)
    chance = chance_of_buying(here, crew, everybody, crew.life.intent)
    rows = np.flatnonzero(raised.at < NEVER)
    cause_table, main, unmoved = causes(here, crew, rows, chance[rows])
    all_main, all_unmoved = np.full(crowd.size, -1), np.full(crowd.size, np.nan)
    all_main[rows], all_unmoved[rows] = main, unmoved
    best = best_chance(crew)
    table = pa.table(
        {
            "lead_id": lead_ids(crowd.first + everybody),
            "kind": coded(crowd.kind, KINDS),
            "job_level": coded(crowd.level, LEVELS),
            "job_function": coded(crowd.function, FUNCTIONS),
            "mailbox": coded(crowd.mailbox, MAILBOXES),
            "true_revenue": floats(np.where(crowd.account == 0, np.nan, here.accounts.revenue[crowd.account])),
            "account": pa.array(crowd.account),
            "fit": floats(crowd.fit),
            "need": floats(crowd.need),
            "appetite": floats(crowd.appetite),
            **_intent_columns(here, crew),
            "arrived_at": instants(crowd.arrived_at),
            "raised_at": instants(raised.raised_at),
            "raised_by": coded(np.where(raised.raised_at < NEVER, raised.hand, -1), HANDS),
            "counted_at": instants(raised.counted_at),
            "reached_sales_at": instants(raised.at),
            **_sales_columns(here, crew, work, deals),
            "purchase_probability": floats(chance),
            "purchase_probability_without_marketing": floats(all_unmoved),
            "best_purchase_probability": floats(best),
            "worth_handing_over": pa.array(best >= WORTH),
            "main_cause": coded(all_main, CHANNELS),
            "mail_scanner": pa.array(crowd.scans_mail),
            "privacy_proxy": pa.array(crowd.proxies_mail),
        }
    )
    return table, cause_table


def _intent_columns(here: World, crew: Cohort) -> dict[str, pa.Array[Any]]:
    life, crowd = crew.life, crew.people
    weeks = np.arange(life.intent.shape[1])
    arrived = here.calendar.week_of(crowd.arrived_at) - life.first_week
    present = weeks[None, :] >= arrived[:, None]
    lived = np.where(present, life.intent, np.float32(0))
    peak = np.where(present, life.intent, np.float32(-99)).argmax(axis=1)
    return {
        "intent_mean": floats(lived.sum(axis=1) / present.sum(axis=1)),
        "intent_peak": floats(life.intent[np.arange(crowd.size), peak]),
        "intent_peak_at": instants(here.company.starts_at + (peak + life.first_week) * 604_800_000_000),
        "intent_last": floats(life.intent[:, -1]),
    }


def _sales_columns(here: World, crew: Cohort, work: Work, deals: Deals) -> dict[str, pa.Array[Any]]:
    """First look, and the first deal won with its value in euros."""
    size, ends_at = crew.people.size, here.company.ends_at
    started = np.full(size, NEVER)
    np.minimum.at(started, work.lead, np.where(work.started_at < ends_at, work.started_at, NEVER))
    won = np.flatnonzero(work.won & (work.closed_at < ends_at))[::-1]
    deal = np.full(size, -1)
    deal[work.lead[won]] = work.deal[won]
    buyer = deal >= 0
    names: list[str | None] = [deal_name(number) if number >= 0 else None for number in deal.tolist()]
    at: Ints = np.where(buyer, deals.closed_at[deal], NEVER) if len(deals.closed_at) else started
    value: Floats = np.where(buyer, deals.euros[deal], np.nan) if len(deals.euros) else np.full(size, np.nan)
    unseen: Bools = started == NEVER
    wait = np.where(unseen, np.nan, (started - crew.reached.at) / 3_600e6)
    return {
        "first_worked_at": instants(started),
        "waited_hours": floats(np.maximum(wait, 0)),
        "became_customer_at": instants(at),
        "won_value": floats(value),
        "deal_id": pa.array(names, type=pa.string()),
    }
