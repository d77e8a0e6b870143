"""Strategies for Hypothesis: random agreements, histories and moments, borders and ties included."""

from strategies.happenings import Case, History, as_ofs, cases, clocks, histories
from strategies.literals import talked_about
from strategies.written import agreement_texts, agreements, conditions, yaml_of

__all__ = (
    "Case",
    "History",
    "agreement_texts",
    "agreements",
    "as_ofs",
    "cases",
    "clocks",
    "conditions",
    "histories",
    "talked_about",
    "yaml_of",
)
