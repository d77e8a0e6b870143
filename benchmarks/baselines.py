"""What others would do with the same files: a raw scan, a window-function query, and pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

import measuring

if TYPE_CHECKING:
    from pathlib import Path

WINDOW_QUERY = """
WITH events AS (
  SELECT lead_id, occurred_at, event, path, duration_s, asset, asset_kind
  FROM read_parquet('{events}') WHERE NOT coalesce(is_machine, false)
), scored AS (
  SELECT lead_id, occurred_at,
    CASE WHEN event = 'Page Viewed' AND path LIKE '/pricing%'
         AND row_number() OVER (PARTITION BY lead_id, event = 'Page Viewed' AND path LIKE '/pricing%',
                                occurred_at::DATE ORDER BY occurred_at) <= 1 THEN 10 ELSE 0 END
    + CASE WHEN event = 'Content Downloaded' AND asset_kind = 'whitepaper'
           AND row_number() OVER (PARTITION BY lead_id, event, asset ORDER BY occurred_at) <= 1 THEN 15 ELSE 0 END
    + CASE event WHEN 'Email Link Clicked' THEN 3 WHEN 'Demo Requested' THEN 60 WHEN 'Contact Requested' THEN 60
           WHEN 'Chat Started' THEN 12 WHEN 'Form Submitted' THEN 8 ELSE 0 END AS points,
    CASE WHEN event = 'Content Downloaded' THEN 1 ELSE 0 END AS downloaded,
    CASE WHEN event = 'Page Left' THEN duration_s ELSE 0 END AS seconds
  FROM events
), trajectory AS (
  SELECT lead_id, occurred_at,
    sum(points * pow(2, epoch(occurred_at - TIMESTAMPTZ '2025-01-01') / (30 * 86400.0)))
      OVER (PARTITION BY lead_id ORDER BY occurred_at)
      / pow(2, epoch(occurred_at - TIMESTAMPTZ '2025-01-01') / (30 * 86400.0))
    + CASE WHEN sum(downloaded) OVER (PARTITION BY lead_id ORDER BY occurred_at
            RANGE BETWEEN INTERVAL 30 DAY PRECEDING AND CURRENT ROW) >= 3 THEN 20 ELSE 0 END
    + CASE WHEN sum(seconds) OVER (PARTITION BY lead_id ORDER BY occurred_at
            RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND CURRENT ROW) >= 600 THEN 15 ELSE 0 END AS engagement
  FROM scored
)
SELECT count(*) FROM (SELECT lead_id, min(occurred_at) FROM trajectory WHERE engagement >= 60 GROUP BY lead_id)
"""
"""Nine of the thirty rules: what window functions can say. No caps, resets, stages, expiry, profiles or reasons."""


def raw_scan(folder: Path) -> float:
    """Seconds to read and decode every column of the events: the limit for anything that looks at all of them."""
    connection = _connection()
    source = f"read_parquet('{folder}/events/*.parquet')"
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    maxima = ", ".join(f'max(hash("{name}"))' for name in names)
    return measuring.timed(lambda: connection.execute(f"SELECT {maxima} FROM {source}").fetchall())[0]


def window_query(folder: Path) -> float:
    """Seconds of a hand-written query for the subset that SQL can say."""
    connection = _connection()
    query = WINDOW_QUERY.format(events=f"{folder}/events/*.parquet")
    return measuring.timed(lambda: connection.execute(query).fetchall())[0]


def with_pandas(folder: Path) -> float:
    """Seconds of the same subset as a careful pandas user writes it, with the log in memory as one frame."""
    return measuring.timed(lambda: _trajectories(folder))[0]


def _trajectories(folder: Path) -> int:
    import numpy as np
    import pandas as pd

    columns = ["lead_id", "occurred_at", "event", "path", "duration_s", "asset", "asset_kind", "is_machine"]
    frame: Any = pd.read_parquet(folder / "events", columns=columns)
    human = ~frame["is_machine"].fillna(False).astype(bool)
    frame = frame[human].sort_values(["lead_id", "occurred_at"], kind="stable")
    days = (frame["occurred_at"] - pd.Timestamp("2025-01-01", tz="UTC")).dt.total_seconds() / 86_400
    growth = np.exp2(days / 30)
    decayed = (_points(frame) * growth).groupby(frame["lead_id"]).cumsum() / growth
    counted = frame.assign(
        downloaded=(frame["event"] == "Content Downloaded").astype(float),
        seconds=frame["duration_s"].where(frame["event"] == "Page Left", 0.0).fillna(0.0),
    )
    rolled = counted.set_index("occurred_at").groupby("lead_id")
    researcher = rolled["downloaded"].rolling("30D").sum().to_numpy() >= 3
    on_site = rolled["seconds"].rolling("7D").sum().to_numpy() >= 600
    engagement = decayed.to_numpy() + 20 * researcher + 15 * on_site
    return int(frame["lead_id"][engagement >= 60].nunique())


def _points(frame: Any) -> Any:
    pricing = (frame["event"] == "Page Viewed") & frame["path"].str.startswith("/pricing").fillna(False)
    first_today = frame[pricing].groupby(["lead_id", frame["occurred_at"].dt.date]).cumcount() < 1
    paper = (frame["event"] == "Content Downloaded") & (frame["asset_kind"] == "whitepaper")
    first_ever = frame[paper].groupby(["lead_id", "asset"]).cumcount() < 1
    worth = {
        "Email Link Clicked": 3,
        "Demo Requested": 60,
        "Contact Requested": 60,
        "Chat Started": 12,
        "Form Submitted": 8,
    }
    points = frame["event"].map(worth).astype(float).fillna(0.0)
    points.loc[first_today.index[first_today]] += 10
    points.loc[first_ever.index[first_ever]] += 15
    return points


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection
