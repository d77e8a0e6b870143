"""Run the simulation: once to fill the queue of sales, once more to write what everybody did."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.columns import NEVER, Ints
from leadline.simulation.company import Company, Topic
from leadline.simulation.contacts import contacts, lead_table
from leadline.simulation.conversations import record
from leadline.simulation.costs import visits_by_month, write_costs
from leadline.simulation.histories import AccountHistory, account_history
from leadline.simulation.machines import scan
from leadline.simulation.mail import send
from leadline.simulation.product import Usage, raise_hands, use
from leadline.simulation.profiles import profile_table
from leadline.simulation.sales import applicants, gather
from leadline.simulation.sales import work as work_of_sales
from leadline.simulation.tables import event_table
from leadline.simulation.timeline import Timeline
from leadline.simulation.truth import truth_tables
from leadline.simulation.visiting import visit
from leadline.simulation.webinars import attend
from leadline.simulation.world import Cohort, World, cohort, world
from leadline.simulation.writing import TableFile, whole_folder, write_settings, write_table

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from leadline.simulation.deals import Deals
    from leadline.simulation.judging import Work

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What a simulation wrote: where, and how many rows."""

    folder: Path
    leads: Path
    profiles: Path
    events: tuple[Path, ...]
    truth: Path
    machine_truth: Path
    causes: Path
    costs: Path
    lead_rows: int
    profile_rows: int
    event_rows: int
    machine_rows: int
    customers: int


def simulate(company: Company, folder: Path, progress: Progress | None = None, *, overwrite: bool = False) -> Written:
    """Simulate ``company`` into ``folder``, which appears whole or not at all.

    ``progress`` is told (leads done, leads to do), each lead counting twice. Raises ``LeadlineError``
    where the folder holds anything but an earlier simulation, unless ``overwrite``.
    """
    here = world(company)
    tell = progress or (lambda _done, _total: None)
    with whole_folder(folder, overwrite) as draft:
        visits, work, deals, customer_at = _first_pass(here, tell)
        history = account_history(customer_at, deals)
        write_costs(here, visits, draft / "costs.csv")
        write_settings(company, draft)
        counts = _second_pass(here, (work, deals, history), draft, tell)
    return Written(
        folder=folder,
        leads=folder / "leads.parquet",
        profiles=folder / "profiles.parquet",
        events=tuple(folder / "events" / _part(part) for part in range(len(company.cohorts))),
        truth=folder / "truth" / "truth.parquet",
        machine_truth=folder / "truth" / "machine_truth.parquet",
        causes=folder / "truth" / "causes.parquet",
        costs=folder / "costs.csv",
        lead_rows=counts["leads"],
        profile_rows=counts["profiles"],
        event_rows=counts["events"],
        machine_rows=counts["truth/machine_truth"],
        customers=counts["customers"],
    )


def _part(part: int) -> str:
    return f"part-{part:05d}.parquet"


def _first_pass(here: World, tell: Progress) -> tuple[Ints, Work, Deals, Ints]:
    """Visits by month, and the work of sales on everybody who reached it."""
    crowds = []
    visits: Ints = np.zeros((1, 1), dtype=np.int64)
    for part, (_, last) in enumerate(here.company.cohorts):
        crew = cohort(here, part)
        visits = visits + visits_by_month(here, crew)
        crowds.append(applicants(here, crew))
        tell(last, 2 * here.company.leads)
    return (visits, *work_of_sales(here, gather(crowds)))


def _second_pass(here: World, known: tuple[Work, Deals, AccountHistory], draft: Path, tell: Progress) -> dict[str, int]:
    work, deals, history = known
    names = ("leads", "profiles", "truth/truth", "truth/causes", "truth/machine_truth")
    counts = {"events": 0, "customers": 0}
    (draft / "events").mkdir()
    with ExitStack() as stack:
        files = {name: stack.enter_context(TableFile(draft / f"{name}.parquet")) for name in names}
        for part, (first, last) in enumerate(here.company.cohorts):
            crew = cohort(here, part)
            span = slice(*np.searchsorted(work.lead, (first, last)).tolist())
            mine = _inside(work.rows(span), first)
            events, machines, usage = _story(here, crew, mine, deals)
            write_table(events, draft / "events" / _part(part))
            them = contacts(here, crew, history)
            truth, causes = truth_tables(here, crew, mine, deals)
            files["leads"].add(lead_table(crew, them))
            files["profiles"].add(profile_table(here, crew, them, history, (mine, usage)))
            files["truth/truth"].add(truth)
            files["truth/causes"].add(causes)
            files["truth/machine_truth"].add(machines)
            counts["events"] += events.num_rows
            counts["customers"] += truth.num_rows - truth["became_customer_at"].null_count
            tell(here.company.leads + last, 2 * here.company.leads)
        return counts | {name: file.rows for name, file in files.items()}


def _inside(work: Work, first: int) -> Work:
    """The same work with leads counted inside their cohort."""
    return replace(work, lead=work.lead - first)


def _story(here: World, crew: Cohort, work: Work, deals: Deals) -> tuple[pa.Table, pa.Table, Usage]:
    """All events of a cohort."""
    story = Timeline(here.company.ends_at)
    bought_at = np.full(crew.people.size, NEVER)
    np.minimum.at(bought_at, work.lead, np.where(work.won, work.closed_at, NEVER))
    visits = visit(here, crew, bought_at, story)
    raise_hands(here, crew, story)
    attend(here, crew, visits, story)
    scan(here, crew, send(here, crew, visits, story), story)
    usage = use(here, crew, bought_at, story)
    record(here, crew, work, deals, story)
    random = here.company.random(Topic.TRANSPORT, crew.part)
    events, machines = event_table(story, crew.part, crew.people.first, random)
    return events, machines, usage
