"""All benchmarks but the largest: `make bench` (and `make bench-scale` for a hundred million events)."""

from __future__ import annotations

import job_titles
import speed
import startup
import whatif

if __name__ == "__main__":
    startup.main()
    job_titles.main()
    speed.main()
    whatif.main()
