"""Measures how well and how fast job levels are read, against 1,000 titles that others labelled by hand."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.fields.titles import job_function, job_level

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadline.fields.catalogue import JobLevel

_LABELS: dict[JobLevel, str] = {
    "c_level": "C-Suite",
    "vp": "VP",
    "director": "Director",
    "manager": "Manager",
    "individual": "Other",
    "student": "Other",
}


def main() -> None:
    """Print accuracy, precision, recall, F1 and titles a second; every disagreement too with ``--residuals``.

    The file is ``$LEADLINE_DATA/reference/job_level_rootstrap.tsv`` (default ``../shared/data`` beside the
    repository): a title, a tab and one of C-Suite, VP, Director, Manager, Other a line, after a heading.
    """
    folder = os.environ.get("LEADLINE_DATA") or Path(__file__).parents[1] / "../shared/data"
    source = Path(folder) / "reference" / "job_level_rootstrap.tsv"
    if not source.exists():
        print(f"skipped: {source} is not there; set LEADLINE_DATA to the folder that holds reference/")
        return
    lines = source.read_text(encoding="utf-8").splitlines()[1:]
    labelled = [(title, label) for title, _, label in (line.rpartition("\t") for line in lines)]
    pairs = [(title, label, _LABELS[job_level(title) or "individual"]) for title, label in labelled]
    if "--residuals" in sys.argv:
        for title, label, answer in sorted(pairs, key=lambda pair: pair[1:]):
            if label != answer:
                print(f"{label:>9} | {answer:<9}| {title}")
    report(Counter((label, answer) for _, label, answer in pairs))
    print(f"job_level     {speed(job_level):>10,.0f} titles/s of one processor")
    print(f"job_function  {speed(job_function):>10,.0f} titles/s of one processor")


def report(counts: Counter[tuple[str, str]]) -> None:
    """Print the measures of a table of (label, answer) counts."""
    total, right = sum(counts.values()), sum(n for (label, answer), n in counts.items() if label == answer)
    print(f"{total} titles, accuracy {right / total:.3f}")
    scores = []
    for name in dict.fromkeys(_LABELS.values()):
        hits = counts[name, name]
        labelled = sum(n for (label, _), n in counts.items() if label == name)
        answered = sum(n for (_, answer), n in counts.items() if answer == name)
        scores.append(2 * hits / (labelled + answered))
        print(
            f"{name:>9}  precision {hits / answered:.3f}  recall {hits / labelled:.3f}  "
            f"F1 {scores[-1]:.3f}  ({labelled} titles)"
        )
    print(f"macro-F1 {sum(scores) / len(scores):.3f}")


def speed(read: Callable[[str], str | None]) -> float:
    """Distinct titles that ``read`` reads in a second of one processor."""
    ranks = [
        "Senior",
        "Junior",
        "Lead",
        "Head of",
        "VP",
        "Vice President of",
        "Director of",
        "Chief",
        "Leiter",
        "",
    ]
    fields = ["Marketing", "Sales & Growth", "Software Engineering", "Finance", "Customer Success", "Einkauf"]
    titles = [f"{rank} {field}, Region {n}" for n in range(800) for rank in ranks for field in fields]
    started = time.thread_time()
    for title in titles:
        read(title)
    return len(titles) / (time.thread_time() - started)


if __name__ == "__main__":
    main()
