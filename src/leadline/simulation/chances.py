"""The true probabilities of buying: persona fit × intent × the speed of sales, one function a step."""

from __future__ import annotations

import numpy as np

from leadline.simulation.columns import Bools, Floats, Ints, logistic

# How readily each kind of person asks for a demo or a trial, in the order of people.KINDS.
_READINESS = np.array([0.9, 1.15, 0.8, 0.7, 0.35, 0.5, 0.5, 0.45, 0.06])
_HAZARD = 0.0024
_STEEPNESS = 1.0

_SLOWEST = 0.45
_SPEED_DAYS = 1.5


def raising(intent: Floats, kind: Ints, season: Floats) -> Floats:
    """The probability that a person raises a hand (demo, contact, trial) in a week of the given intent."""
    hazard = _HAZARD * _READINESS[kind] * np.exp(_STEEPNESS * np.minimum(intent, 4.5)) * season
    chance: Floats = 1.0 - np.exp(-hazard)
    return chance


def speed(waited_days: Floats) -> Floats:
    """What is left of a lead's patience after a wait: 1 at once, 0.45 after a week."""
    left: Floats = _SLOWEST + (1 - _SLOWEST) * np.exp(-waited_days / _SPEED_DAYS)
    return left


def accepted(fit: Floats, intent: Floats, raised: Bools) -> Floats:
    """Sales takes the lead on."""
    return logistic(1.0 + 1.15 * fit + 0.35 * intent + 0.6 * raised)


def qualified(fit: Floats, intent: Floats, waited_days: Floats) -> Floats:
    """Sales finds need, money and time in a conversation."""
    return logistic(0.6 + 0.5 * fit + 0.85 * intent) * speed(waited_days)


def opened(fit: Floats, intent: Floats) -> Floats:
    """A qualified lead becomes an opportunity."""
    return logistic(1.6 + 0.3 * fit + 0.35 * intent)


def won(fit: Floats, intent: Floats) -> Floats:
    """An opportunity becomes a customer."""
    return logistic(-2.56 + 0.6 * fit + 0.55 * intent)


def buying(fit: Floats, intent: Floats, raised: Bools, waited_days: Floats) -> Floats:
    """All steps together, from the moment a lead reaches sales."""
    return accepted(fit, intent, raised) * qualified(fit, intent, waited_days) * opened(fit, intent) * won(fit, intent)
