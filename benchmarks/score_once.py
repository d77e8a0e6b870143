"""Scores one company and prints the seconds of each step as JSON: `score_once.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

import measuring
from leadline.agreement.reading import parse_agreement
from leadline.engines.duckdb import Matcher, connect
from leadline.log.reading import Sources, read_inputs
from leadline.operations.score import Matched
from leadline.qualification.folding import fold_part
from leadline.qualification.matching import hits_fingerprint
from leadline.qualification.planning import compile_plan
from leadline.qualification.warming import warm
from leadline.simulation import Company


def main(folder: Path) -> None:
    """Measures reading, matching, sorting, folding and deciding apart, and a refold with other points."""
    warm()
    text = measuring.AGREEMENT.read_text(encoding="utf-8")
    agreement, as_of = parse_agreement(text), Company().ends_at
    sources = Sources(leads=folder / "leads.parquet", profiles=folder / "profiles.parquet", events=folder / "events")
    clock = measuring.Clock()
    connection = connect()
    with clock.step("read"):
        inputs = read_inputs(connection, sources, agreement)
    leads = len(inputs.lead_ids)
    matcher = Matcher(connection, agreement)
    with clock.step("match"):
        profiles = matcher.profiles(leads)
        timeline = matcher.events(leads)
    kept = timeline.kept_in_memory
    if kept:
        with clock.step("sort"):
            for _ in timeline.each_part(profiles, lambda part: part.first_lead):
                pass
        plan = compile_plan(agreement)
        with clock.step("fold"):
            folded = [
                answers.rules["hits"].sum()
                for answers in timeline.each_part(profiles, lambda part: fold_part(plan, part, as_of))
            ]
    matched = Matched(inputs, timeline, profiles, hits_fingerprint(agreement))
    rows = 0
    with clock.step("fold and decide"):
        rows = sum(table.num_rows for table in matched.each_table(agreement, as_of))
    if kept:
        other = parse_agreement(text.replace("points: 10, at_most: 1 per day", "points: 20, at_most: 2 per day"))
        plan = compile_plan(other)
        with clock.step("refold"):
            for _ in timeline.each_part(profiles, lambda part: fold_part(plan, part, as_of).found[0]):
                pass
    found = {
        "events": timeline.events,
        "leads": rows,
        "hits": int(np.sum(folded)) if kept else None,
        "wall": clock.wall,
        "processor": clock.processor,
        "peak_gib": measuring.peak_gib(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
