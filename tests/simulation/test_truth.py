"""There is something to learn, and it is not given away: intent drives behaviour and buying, noisily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

if TYPE_CHECKING:
    import duckdb

Table = dict[str, npt.NDArray[Any]]

FEATURES = """
SELECT t.lead_id, t.became_customer_at IS NOT NULL AS bought, any_value(t.purchase_probability) AS chance,
    any_value(t.intent_peak) AS intent, any_value(t.fit) AS fit,
    count(*) FILTER (event = 'Page Viewed') AS pages, count(*) FILTER (path LIKE '/pricing%') AS pricing,
    count(*) FILTER (path LIKE '/product%' OR path LIKE '/docs%' OR path LIKE '/customers%') AS product,
    count(*) FILTER (path LIKE '/careers%') AS careers, count(*) FILTER (path LIKE '/blog%') AS blog,
    count(*) FILTER (event = 'Content Downloaded') AS downloads,
    count(*) FILTER (event LIKE 'Webinar%') AS webinars,
    max(CAST(event IN ('Demo Requested', 'Contact Requested', 'Trial Started') AS INT)) AS raised,
    any_value(CASE job_level WHEN 'student' THEN 0 WHEN 'individual' THEN 1 WHEN 'manager' THEN 2 ELSE 4 END)
    AS level,
    any_value(CAST(job_function IN ('marketing', 'sales', 'operations') AS INT)) AS function,
    any_value(CAST(true_revenue BETWEEN 5e6 AND 5e8 AS INT)) AS revenue
FROM truth t LEFT JOIN events e ON e.lead_id = t.lead_id AND NOT is_machine
    AND channel IS DISTINCT FROM 'sales' AND e.event NOT LIKE 'Lead %' AND e.event NOT LIKE 'Deal %'
    AND e.event <> 'Opportunity Created'
    AND e.occurred_at <= coalesce(t.reached_sales_at, e.occurred_at)
WHERE t.arrived_at < TIMESTAMPTZ '2026-05-01'
GROUP BY ALL ORDER BY t.lead_id
"""
BEHAVIOUR = ("pages", "pricing", "product", "careers", "blog", "downloads", "webinars", "raised")
PROFILE = ("level", "function", "revenue")


@pytest.fixture(scope="module")
def features(tables: duckdb.DuckDBPyConnection) -> Table:
    found = tables.execute(FEATURES).fetchnumpy()
    return {name: np.ma.filled(np.asarray(column)) for name, column in found.items()}


def ranks(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Mean ranks."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: npt.NDArray[Any] = (ends - (counts - 1) / 2)[where]
    return means


def rank_correlation(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def area(score: npt.NDArray[Any], bought: npt.NDArray[Any]) -> float:
    """Area under the ROC curve."""
    buyers = int(bought.sum())
    above = ranks(score)[bought].sum() - buyers * (buyers + 1) / 2
    return float(above / (buyers * (len(bought) - buyers)))


def learned(features: Table, names: tuple[str, ...]) -> float:
    """Area under the curve of a logistic regression, fitted on every other lead and judged on the rest."""
    columns = np.column_stack([np.log1p(features[name].astype(float)) for name in names])
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    columns = np.column_stack([np.ones(len(columns)), columns])
    bought = features["bought"].astype(bool)
    half = np.arange(len(bought)) % 2 == 0
    weights = np.zeros(columns.shape[1])
    for _ in range(20):
        chance = 1 / (1 + np.exp(-columns[half] @ weights))
        slope = columns[half].T @ (bought[half] - chance) - weights
        bend = (columns[half].T * (chance * (1 - chance))) @ columns[half] + np.eye(len(weights))
        weights = weights + np.linalg.solve(bend, slope)
    return area(columns[~half] @ weights, bought[~half])


def test_intent_drives_behaviour_and_buying(features: Table) -> None:
    assert rank_correlation(features["intent"], features["pages"]) > 0.25
    assert rank_correlation(features["intent"], features["pricing"]) > 0.3
    assert rank_correlation(features["intent"], features["bought"].astype(int)) > 0.12
    assert area(features["intent"], features["bought"].astype(bool)) > 0.75


def test_behaviour_predicts_buying_but_not_perfectly(features: Table) -> None:
    assert 0.72 < learned(features, BEHAVIOUR) < 0.93
    assert 0.6 < learned(features, PROFILE) < 0.85
    assert learned(features, BEHAVIOUR + PROFILE) < 0.95


def test_titles_and_revenue_matter(tables: duckdb.DuckDBPyConnection) -> None:
    def rate(where: str) -> float:
        row = tables.execute(f"SELECT avg(purchase_probability) FROM truth WHERE {where}").fetchone()  # noqa: S608
        assert row is not None
        return float(row[0])

    assert rate("job_level IN ('vp', 'director')") > 1.5 * rate("job_level = 'individual'")
    assert rate("true_revenue BETWEEN 2e7 AND 2e8") > 1.5 * rate("true_revenue < 2e6")
    assert rate("kind IN ('student', 'competitor', 'job_seeker')") < 0.002


def test_chances_are_true(features: Table) -> None:
    """The stated probability is that of ever buying; a few deals are open at the end, and waits cost some."""
    assert features["bought"].mean() == pytest.approx(features["chance"].mean(), rel=0.35)
    assert area(features["chance"], features["bought"].astype(bool)) > 0.85


def test_base_rates_are_those_of_a_company_of_this_kind(tables: duckdb.DuckDBPyConnection) -> None:
    row = tables.execute(
        "SELECT avg(CAST(became_customer_at IS NOT NULL AS INT)), avg(CAST(worth_handing_over AS INT)), "
        "avg(CAST(raised_at IS NOT NULL AS INT)) FROM truth"
    ).fetchone()
    assert row is not None
    assert 0.015 < row[0] < 0.04
    assert 0.10 < row[1] < 0.22
    assert 0.05 < row[2] < 0.09
    won = tables.execute("SELECT avg(CAST(event = 'Deal Won' AS INT)) FROM events WHERE event LIKE 'Deal %'").fetchone()
    assert won is not None
    assert 0.2 < won[0] < 0.36


def test_causes_are_not_what_last_touches_suggest(tables: duckdb.DuckDBPyConnection) -> None:
    effect = dict(
        tables.execute("SELECT channel, sum(removal_effect) / sum(touches) FROM causes GROUP BY 1").fetchall()
    )
    assert effect["direct"] == 0
    assert min(effect["referral"], effect["webinar"], effect["partner"]) > 3 * effect["display"]
    assert tables.execute("SELECT count(*) FROM causes WHERE removal_effect < 0").fetchone() == (0,)


def test_activity_has_a_heavy_tail(tables: duckdb.DuckDBPyConnection) -> None:
    row = tables.execute(
        "SELECT median(n), quantile_cont(n, 0.99), avg(n) FROM (SELECT count(*) AS n FROM events GROUP BY lead_id)"
    ).fetchone()
    assert row is not None
    assert row[1] > 5 * row[0]
    assert 36 < row[2] < 44
