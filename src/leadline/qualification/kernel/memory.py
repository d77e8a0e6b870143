"""The working memory of a walk: one lead at a time, its rules, counts of accepted hits, and hits that will leave."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from leadline.qualification.compiling import compiled, inlined, inner
from leadline.qualification.layout import BITS_PER_WORD, NEVER, PER_DURATION, THRESHOLD

DAY = 86_400_000_000


NONE = -1


STATE_ROW = np.dtype(
    [
        ("stage", "i8"), ("reset_at", "i8"), ("recycled_at", "i8"), ("lost_at", "i8"), ("before_customer", "i8"),
        ("before_lost", "i8"), ("before_disqualified", "i8"), ("epoch", "i8"), ("nodes", "i8"), ("serial", "i8"),
        ("heard", "i8"), ("version", "i8"), ("seen", "i8"), ("persona", "i8"), ("fit", "f8"), ("engagement", "f8"),
        ("bound", "f8"), ("sums_bound", "f8"),
    ]
)  # fmt: skip
"""The lead being walked. ``epoch`` counts resets; ``bound`` and ``sums_bound`` are at least what counts for it."""


RULE_STATE = np.dtype(
    [
        ("total", "f8"), ("rest", "f8"), ("decayed_at", "i8"), ("count", "i8"), ("hits", "i8"), ("last_hit", "i8"),
        ("head", "i8"), ("tail", "i8"), ("raw", "f8"), ("value", "f8"),
    ]
)  # fmt: skip
"""A rule: ``total`` (``rest``: the low part of its compensated sum) as of ``decayed_at``, ``count`` of hits in it, a
chain of nodes ``head`` … ``tail`` of hits that will leave it, and its contribution before and after its own cap."""


SLOT = np.dtype([("stamp", "i8"), ("mark", "u8"), ("count", "i8"), ("period", "i8"), ("head", "i8"), ("tail", "i8")])
"""A count of accepted hits: one a rule, then a hash table for rules that count by a key."""


NODE = np.dtype([("at", "i8"), ("event", "i8"), ("following", "i8")])
"""A chained hit."""


class Scratch(NamedTuple):
    """Working memory for one lead at a time; ``state`` is one row."""

    state: np.ndarray
    rules: np.ndarray
    slots: np.ndarray
    nodes: np.ndarray
    groups: np.ndarray
    stack: np.ndarray


@inlined
def rounded(value):
    """A score to six decimals, as semantics rounds it."""
    return np.floor(value * 1e6 + 0.5001) / 1e6


@inlined
def has(words, row, bit):
    """Whether a bit is set in a row of mask columns."""
    return bit >= 0 and (words[row, bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD)) & 1 == 1


@inner
def ones(bits):
    """How many bits are set."""
    count = 0
    while bits != 0:
        bits &= bits - 1
        count += 1
    return count


@inlined
def clear_slot(scratch, slot):
    """Forgets what a slot counted."""
    scratch.slots[slot].count = 0
    scratch.slots[slot].period = NEVER
    scratch.slots[slot].head = NONE
    scratch.slots[slot].tail = NONE


@inlined
def new_node(scratch, at, of):
    """A node for a hit: its instant and its event."""
    state = scratch.state[0]
    node = state.nodes
    state.nodes = node + 1
    scratch.nodes[node].at = at
    scratch.nodes[node].event = of
    scratch.nodes[node].following = NONE
    return node


@compiled
def needed_memory(plan, log, spans):
    """The most nodes and hash slots that one lead can need."""
    rules = plan.rules
    nodes_max, slots_max = 0, 0
    words = log.hits.shape[1]
    chained, keyed, twice = np.zeros(words, np.int64), np.zeros(words, np.int64), np.zeros(words, np.int64)
    for rule in range(len(rules)):
        if rules[rule].bit >= 0:
            word, bit = rules[rule].bit // BITS_PER_WORD, np.int64(1) << (rules[rule].bit % BITS_PER_WORD)
            windowed = rules[rule].kind == THRESHOLD or rules[rule].expires > 0
            limited = rules[rule].period == PER_DURATION
            if windowed or limited:
                chained[word] |= bit
            if windowed and limited:
                twice[word] |= bit
            if rules[rule].key != NONE:
                keyed[word] |= bit
    for span in range(len(spans.as_of)):
        nodes, slots = 0, 0
        for event in range(spans.first_event[span], spans.end_event[span]):
            for word in range(words):
                bits = log.hits[event, word]
                if bits != 0:
                    nodes += ones(bits & chained[word]) + ones(bits & twice[word])
                    slots += ones(bits & keyed[word])
        nodes_max, slots_max = max(nodes_max, nodes), max(slots_max, slots)
    return nodes_max, slots_max


@compiled
def scratch_for(plan, log, spans):
    """Working memory large enough for every lead of the spans."""
    rules = len(plan.rules)
    nodes, slots = needed_memory(plan, log, spans)
    size = 1
    while size < 2 * slots:
        size *= 2
    return Scratch(
        np.zeros(1, STATE_ROW),
        np.zeros(rules, RULE_STATE),
        np.zeros(rules + size, SLOT),
        np.zeros(nodes + 1, NODE),
        np.zeros(len(plan.group_max)),
        np.zeros(len(plan.steps) + 1, np.int64),
    )
