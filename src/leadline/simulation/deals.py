"""Deals: one per account at a time, so that colleagues who come while it is open are named in it too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.columns import NEVER, Bools, Floats, Ints
from leadline.simulation.countries import COUNTRIES, CURRENCIES

if TYPE_CHECKING:
    from leadline.simulation.accounts import Accounts

CURRENCY_NAMES = tuple(CURRENCIES)
_CURRENCY = np.array(
    [
        CURRENCY_NAMES.index(one.currency) if one.currency in CURRENCIES else CURRENCY_NAMES.index("EUR")
        for one in COUNTRIES
    ]
)
_RATE = np.array(list(CURRENCIES.values()))


@dataclass(frozen=True, slots=True)
class Deals:
    """One row a deal, by number; ``value`` is in ``currency`` (an index of ``CURRENCY_NAMES``), ``euros``
    the same in EUR.
    """

    account: Ints
    opened_at: Ints
    closed_at: Ints
    won: Bools
    value: Floats
    euros: Floats
    currency: Ints


@dataclass(slots=True)
class DealBook:
    """The deals signed so far, while the simulation runs: what is open at each account, and who is a
    customer.
    """

    market: Accounts
    customer_at: Ints
    open_from: Ints
    open_until: Ints
    open_deal: Ints
    count: int = 0
    pages: list[Deals] = field(default_factory=list)

    @classmethod
    def empty(cls, market: Accounts) -> DealBook:
        """No deals yet; customers are those of before."""
        size = len(market.country)
        nothing = np.zeros(size, dtype=np.int64)
        return cls(market, market.customer_at.copy(), nothing.copy(), nothing.copy(), nothing - 1)

    def enter(
        self, random: np.random.Generator, account: Ints, opened_at: Ints, closed_at: Ints, won: Bools
    ) -> tuple[Ints, Ints, Bools]:
        """Enter opportunities; gives each its deal, and that deal's end and outcome (which may be an older
        deal's).
        """
        held = (self.open_from[account] <= opened_at) & (opened_at < self.open_until[account]) & (account > 0)
        fresh = ~held
        number = np.where(held, self.open_deal[account], self.count + np.cumsum(fresh) - 1)
        self._sign(random, account[fresh], opened_at[fresh], closed_at[fresh], won[fresh])
        if self.pages and held.any():
            earlier = self.all()
            closed_at = np.where(held, earlier.closed_at[number], closed_at)
            won = np.where(held, earlier.won[number], won)
        return number, closed_at, won

    def _sign(self, random: np.random.Generator, account: Ints, opened_at: Ints, closed_at: Ints, won: Bools) -> None:
        size = np.where(account == 0, 2e6, self.market.revenue[account])
        euros = np.exp(random.normal(9.75 + 0.28 * np.log(np.maximum(size, 1e5) / 5e7), 0.55))
        currency = _CURRENCY[self.market.country[account]]
        value = np.maximum(np.round(euros * _RATE[currency], -2), 500.0)
        self.pages.append(
            Deals(account, opened_at, closed_at, won, value, np.round(value / _RATE[currency], 2), currency)
        )
        self.open_from[account] = opened_at
        self.open_until[account] = closed_at
        self.open_deal[account] = self.count + np.arange(len(account))
        buyers = np.where(won, closed_at, NEVER)
        np.minimum.at(self.customer_at, account[account > 0], buyers[account > 0])
        self.count += len(account)

    def all(self) -> Deals:
        """Every deal so far, in the order of their numbers."""
        merged = Deals(
            account=np.concatenate([page.account for page in self.pages]),
            opened_at=np.concatenate([page.opened_at for page in self.pages]),
            closed_at=np.concatenate([page.closed_at for page in self.pages]),
            won=np.concatenate([page.won for page in self.pages]),
            value=np.concatenate([page.value for page in self.pages]),
            euros=np.concatenate([page.euros for page in self.pages]),
            currency=np.concatenate([page.currency for page in self.pages]),
        )
        self.pages = [merged]
        return merged
