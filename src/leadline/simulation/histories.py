"""The deals of each account side by side: who is a customer since when, and when a deal is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from leadline.simulation.columns import Bools, Ints
    from leadline.simulation.deals import Deals


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """Since when each account is a customer, and its deals sorted by account (``first`` and ``count`` of
    each).
    """

    customer_at: Ints
    first: Ints
    count: Ints
    opened_at: Ints
    closed_at: Ints


def account_history(customer_at: Ints, deals: Deals) -> AccountHistory:
    """The deals of each account, side by side."""
    order = np.lexsort((deals.opened_at, deals.account))
    order = order[deals.account[order] > 0]
    count = np.bincount(deals.account[order], minlength=len(customer_at))
    return AccountHistory(customer_at, np.cumsum(count) - count, count, deals.opened_at[order], deals.closed_at[order])


def open_at(history: AccountHistory, account: Ints, at: Ints) -> Bools:
    is_open = np.zeros(len(account), dtype=bool)
    for turn in range(int(history.count[account].max(initial=0))):
        place = np.minimum(history.first[account] + turn, max(len(history.opened_at) - 1, 0))
        there = turn < history.count[account]
        is_open |= there & (history.opened_at[place] <= at) & (at < history.closed_at[place])
    return is_open
