"""The back-test as plain values for JSON: a stable shape, described in docs/backtest.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leadline.clock import DAY, to_datetime

if TYPE_CHECKING:
    from leadline.estimates.shares import Share
    from leadline.learning.backtest.curve import CurvePoint
    from leadline.learning.backtest.findings import Division, Figures, Margin, Moved, Mover, Movers
    from leadline.learning.backtest.measures import Measures
    from leadline.operations.backtest.run import Backtest


def shaped(found: Backtest) -> dict[str, Any]:
    """Everything, instants as ISO 8601 in UTC, shares with their interval, ``None`` for what is not known."""
    weeks, yardstick = found.yardstick.weeks, found.yardstick
    return {
        "window": {"from": _instant(weeks.since), "until": _instant(weeks.until)},
        "outcomes_until": _instant(yardstick.outcomes.until) if yardstick.outcomes.dated else None,
        "horizon_days": yardstick.horizon / DAY,
        "capacity_per_week": yardstick.capacity,
        "point_in_time": found.arrivals,
        "currency": found.currency,
        "deal_value": found.value,
        "cost_per_lead": found.cost,
        "weeks": [
            {"monday": monday.isoformat(), "full": bool(full)}
            for monday, full in zip(weeks.mondays, weeks.full, strict=True)
        ],
        "agreement": _side(found.side),
        "against": None if found.against is None else _side(found.against),
        "differences": list(found.changes),
        "change": None if found.moved is None else _moved(found.moved),
        "curve": None if found.margin is None else _margin(found.margin),
        "notes": list(found.notes),
        "warnings": list(found.warnings),
    }


def _instant(at: int) -> str:
    return to_datetime(at).isoformat().replace("+00:00", "Z")


def _share(share: Share) -> dict[str, Any]:
    rate = share.rate if share.trials else None
    return {"of": int(share.trials), "hits": int(share.hits), "rate": rate, "low": share.low, "high": share.high}


def _side(side: Figures) -> dict[str, Any]:
    sales = side.before_sales
    return {
        "label": side.label,
        "name": side.name,
        "version": side.version,
        **_measures(side.measures),
        "mqls_per_week": side.measures.weekly.tolist(),
        "days_before_sales_accepted": None if sales is None else {"median": sales[0], "leads": sales[1]},
        "reasons": [{"criterion": name, "hand_offs": count} for name, count in side.criteria],
        "segments": [_division(division) for division in side.divisions],
    }


def _measures(measures: Measures) -> dict[str, Any]:
    load = measures.load
    return {
        "mqls": measures.mqls,
        "hand_offs": measures.hand_offs,
        "judged": measures.judged,
        "too_young": measures.young,
        "not_judged": measures.unjudged,
        "precision_customer": _share(measures.precision),
        "precision_sql": _share(measures.precision_sql),
        "recall": _share(measures.recall),
        "all_leads": _share(measures.base),
        "lift": measures.lift,
        "days_from_mql_to_won": measures.lead_time,
        "load": {"full_weeks": load.weeks, "mean": load.mean, "most": load.most, "weeks_over_capacity": load.over},
    }


def _division(division: Division) -> dict[str, Any]:
    rows = [
        {
            "name": row.name,
            "mqls": row.measures.mqls,
            "precision_customer": _share(row.measures.precision),
            "precision_sql": _share(row.measures.precision_sql),
        }
        for row in division.rows
    ]
    return {"by": division.title.lower(), "rows": rows}


def _moved(moved: Moved) -> dict[str, Any]:
    staying = moved.staying
    return {
        "entering": _movers(moved.entering),
        "leaving": _movers(moved.leaving),
        "staying": {
            "leads": staying.leads,
            "earlier": staying.earlier,
            "later": staying.later,
            "median_days_earlier": staying.median,
        },
    }


def _movers(movers: Movers) -> dict[str, Any]:
    return {
        "count": movers.count,
        "customers": movers.customers,
        "precision_customer": _share(movers.rate),
        "precision_sql": _share(movers.rate_sql),
        "leads": [_mover(mover) for mover in movers.shown],
    }


def _mover(mover: Mover) -> dict[str, Any]:
    return {
        "lead_id": mover.lead_id,
        "name": mover.name or None,
        "at": _instant(mover.at),
        "because": list(mover.because),
        "fit": mover.fit,
        "engagement": mover.engagement,
        "reason": mover.reason,
        "instead": mover.instead or None,
        "became": mover.became,
    }


def _margin(margin: Margin) -> dict[str, Any]:
    curve = margin.curve
    return {
        "threshold": curve.threshold.path,
        "comparison": str(curve.threshold.compare),
        "value": curve.threshold.value,
        "stricter": "higher" if curve.threshold.rises else "lower",
        "capacity_at": curve.capacity_at,
        "worth_most_at": curve.best_at,
        "points": [_point(point) for point in curve.points],
        "marginal_lead": None if margin.lead is None else _mover(margin.lead),
    }


def _point(point: CurvePoint) -> dict[str, Any]:
    band = point.band
    return {
        "value": point.value,
        **_measures(point.measures),
        "worth": point.worth,
        "band": {
            "leads": band.leads,
            "precision_customer": _share(band.rate),
            "chance": band.chance,
            "worth_per_lead": band.worth,
        },
    }
