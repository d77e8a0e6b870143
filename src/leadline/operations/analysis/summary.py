"""The main findings of an analysis as plain values: what `--format json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leadline import clock
from leadline.analytics.moments import NEVER

if TYPE_CHECKING:
    from leadline.analytics.conversion import Breakdown
    from leadline.analytics.duration import Duration
    from leadline.estimates.shares import Share
    from leadline.operations.analyse import Analysis
    from leadline.operations.analysis.draft import FirstDraft


def summary_of(analysis: Analysis) -> dict[str, Any]:
    """The findings as texts, numbers, lists and mappings; shares with their intervals, instants in ISO 8601."""
    ends = analysis.ends
    return {
        "name": analysis.name,
        "tables": [{"name": one.name, "rows": one.rows, "columns": len(one.columns)} for one in analysis.read.tables],
        "leads": analysis.export.rows,
        "outcome": ends.how or None,
        "won": int(ends.won.sum()),
        "lost": int(ends.lost.sum()),
        "open": int(ends.open.sum()),
        "value": float(np.nansum(ends.value)),
        "conversion": _share(analysis.whole),
        "conversion_judged": _share(analysis.fair),
        "columns": [
            {"name": one.name, "meaning": str(one.meaning), "known": round(one.filled / max(1, one.rows), 6)}
            for one in analysis.export.fields
        ],
        "flaws": [
            {"kind": one.kind, "column": one.column, "rows": one.rows, "said": one.said} for one in analysis.flaws
        ],
        "duplicates": [{"by": one.by, "rows": one.rows, "groups": one.groups} for one in analysis.duplicates],
        "sources": [_breakdown(judged, every) for judged, every in analysis.sources],
        "owners": _breakdown(analysis.owners, None) if analysis.owners is not None else None,
        "months": [
            {"month": f"{one.first_day:%Y-%m}", "leads": one.leads, "state": one.state, "conversion": _share(one.share)}
            for one in analysis.months
        ],
        "time_to_convert": _duration(analysis.duration),
        **_learnt(analysis),
        "missing": [{"what": one.what, "state": one.state, "known": round(one.filled, 6)} for one in analysis.gaps],
        "levers": [
            {"kind": one.kind, "title": one.title, "gain": _r(one.gain), "low": _r(one.low), "high": _r(one.high),
             "unit": one.unit, "figure": one.figure, "reasons": [*one.reasons], "doubt": one.doubt}
            for one in analysis.levers
        ],
        "draft": _draft(analysis.draft),
        "notes": [*analysis.read.notes],
    }  # fmt: skip


def _r(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _share(share: Share) -> dict[str, Any]:
    return {
        "hits": int(share.hits),
        "of": int(share.trials),
        "rate": _r(share.rate),
        "low": _r(share.low),
        "high": _r(share.high),
    }


def _breakdown(judged: Breakdown, every: Breakdown | None) -> dict[str, Any]:
    recorded = {group.name: group for group in every.groups} if every is not None else {}
    groups = []
    for group in judged.groups:
        row = {
            "name": group.name,
            "leads": group.leads,
            "judged": _share(group.share),
            "verdict": group.verdict or None,
        }
        if group.name in recorded:
            row["recorded"] = _share(recorded[group.name].share)
        groups.append(row | {"value": _r(group.value), "open": group.open})
    return {"column": judged.column, "groups": groups}


def _iso(instant: int) -> str | None:
    return None if instant == NEVER else clock.to_datetime(instant).isoformat()


def _duration(duration: Duration | None) -> dict[str, Any] | None:
    if duration is None or not len(duration.recorded):
        return None
    curve = duration.curve
    return {
        "unit": "days",
        "wins": len(duration.recorded),
        "median": _r(duration.recorded_quantile(0.5)),
        "mean": _r(float(duration.recorded.mean())),
        "median_censoring_respected": _r(curve.quantile(0.5)) if curve is not None else None,
        "ninth_tenth": _r(duration.recorded_quantile(0.9)),
        "wins_recorded_since": _iso(duration.truncated_before),
        "wins_missed_before": _r(duration.missed),
        "mature_after": _r(duration.mature_days),
    }


def _learnt(analysis: Analysis) -> dict[str, Any]:
    verdicts, model = analysis.verdicts, analysis.model
    if verdicts is None or model is None:
        return {"predictors": [], "leaks": [], "auc": None}
    return {
        "predictors": [
            {"column": one.name, "auc": _r(one.auc), "low": _r(one.low), "high": _r(one.high), "tells": one.tells}
            for one in verdicts.clean
        ],
        "leaks": [
            {"column": one.name, "degree": one.degree, "auc": _r(one.predictor.auc), "loss": _r(one.loss),
             "reasons": [*one.reasons]}
            for one in verdicts.leaks
        ],
        "auc": {
            "all": _r(verdicts.auc_of_all), "without_leaks": _r(verdicts.auc_without_leaks), "clean": _r(model.auc),
        },
    }  # fmt: skip


def _draft(draft: FirstDraft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    trial = draft.trial
    return {
        "trained": trial.trained,
        "tested": trial.tested,
        "since": _iso(trial.since),
        "base": _share(trial.base),
        "chosen": _share(trial.chosen),
        "precision": _share(trial.precision),
        "recall": _share(trial.recall),
        "lift": _r(trial.lift),
        "auc": _r(trial.auc),
        "grades": {one.grade: _share(one.share) for one in trial.grades},
        "agreement": draft.agreement,
        "map": draft.mapping,
    }
