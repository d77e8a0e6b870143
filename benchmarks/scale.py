"""Scale: time and memory from one to a hundred million events, each size in a process of its own."""

from __future__ import annotations

import measuring

SIZES = (1_000_000, 10_000_000, 100_000_000)


def main() -> None:
    """Prints seconds, seconds a million events and peak memory by size."""
    rows = []
    for size in SIZES:
        found = measuring.in_new_process("score_once.py", str(measuring.company(size)))
        steps = ("read", "match", "sort", "fold and decide")
        seconds = sum(found["wall"].get(step, 0.0) for step in steps)
        each = seconds / found["events"] * 1e6
        rows.append((f"{found['events']:,}", f"{seconds:.1f}", f"{each:.2f}", f"{found['peak_gib']:.1f}"))
    measuring.table(f"Scale ({measuring.machine()})", ("events", "seconds", "seconds a million", "peak GiB"), rows)


if __name__ == "__main__":
    main()
