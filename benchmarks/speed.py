"""Speed: Leadline's steps beside a raw scan of the same file, a window-function query and pandas, in one run."""

from __future__ import annotations

import baselines
import measuring

EVENTS = 20_000_000
PANDAS_EVENTS = 1_000_000


def main() -> None:
    """Prints seconds, and ratios to the raw scan."""
    folder, small = measuring.company(EVENTS), measuring.company(PANDAS_EVENTS)
    baselines.raw_scan(folder)
    scan = min(baselines.raw_scan(folder) for _ in range(3))
    found = measuring.in_new_process("score_once.py", str(folder))
    wall, processor = found["wall"], found["processor"]
    total = sum(wall[step] for step in ("read", "match", "sort", "fold and decide"))
    window = baselines.window_query(folder)
    pandas = baselines.with_pandas(small)
    small_total = measuring.in_new_process("score_once.py", str(small))["wall"]
    rows = [("raw scan of all columns (the limit)", f"{scan:.2f}", "1.0", "")]
    for step, what in (
        ("read", "read leads and profiles, look for repeated event ids"),
        ("match", "match 30 rules"),
        ("sort", "sort by lead and time"),
        ("fold", "fold"),
        ("fold and decide", "fold and write decision rows"),
    ):
        rows.append((what, f"{wall[step]:.2f}", f"{wall[step] / scan:.1f}", f"{processor[step]:.2f}"))
    rows += [
        ("**Leadline, all steps**", f"{total:.2f}", f"{total / scan:.1f}", ""),
        (
            "refold after a change of points",
            f"{wall['refold']:.2f}",
            f"{wall['refold'] / scan:.1f}",
            f"{processor['refold']:.2f}",
        ),
        ("window functions, 9 of the 30 rules", f"{window:.2f}", f"{window / scan:.1f}", ""),
    ]
    measuring.table(
        f"{found['events']:,} events, {found['leads']:,} leads, 30 rules ({measuring.machine()})",
        ("step", "seconds", "× raw scan", "processor seconds"),
        rows,
    )
    first, again = (found["hits"] / processor[step] / 1e6 for step in ("fold", "refold"))
    print(
        f"\n{found['hits']:,} hits folded: {first:.1f} million a second and core the first time, {again:.1f} again. "
        f"Peak memory {found['peak_gib']:.1f} GiB."
    )
    leadline = sum(small_total[step] for step in ("read", "match", "sort", "fold and decide"))
    print(
        f"pandas, 9 of the 30 rules, on {PANDAS_EVENTS:,} events: {pandas:.2f} s; Leadline, all 30: {leadline:.2f} s."
    )


if __name__ == "__main__":
    main()
