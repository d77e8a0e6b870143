"""Boosted trees beside the card, where they are installed: how much a model that nobody can read would add."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Reals = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

PACKAGES: Final = {"lightgbm": ("lightgbm", "boosting"), "ebm": ("interpret", "ebm")}
"""The module that a model needs, and the extra of Leadline that brings it."""


def check_installed(names: Sequence[str]) -> None:
    """Raises ``InputError`` for a model that is not known or not installed."""
    for name in names:
        if name not in PACKAGES:
            raise InputError(f"'{name}' is no model. Write {' or '.join(PACKAGES)}.")
        module, extra = PACKAGES[name]
        if find_spec(module) is None:
            raise InputError(f"{name} is not installed. Install it with: pip install 'leadline[{extra}]'.")


def boosted(name: str, features: Reals, won: Bools, training: Bools, seed: int = 0) -> Reals:
    """The log-odds that a model of features (n, k), fitted on the training rows (n), gives to all rows (n)."""
    check_installed([name])
    chances = (_lightgbm if name == "lightgbm" else _ebm)(features, won, training, seed)
    kept = np.clip(chances, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(kept / (1 - kept)))


def _lightgbm(features: Reals, won: Bools, training: Bools, seed: int) -> Reals:
    from lightgbm import Dataset, train

    settings = {
        "objective": "binary",
        "learning_rate": 0.03,
        "num_leaves": 8,
        "min_data_in_leaf": 40,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    model = train(settings, Dataset(features[training], won[training].astype(float)), num_boost_round=300)
    return np.asarray(model.predict(features), float)


def _ebm(features: Reals, won: Bools, training: Bools, seed: int) -> Reals:
    from interpret.glassbox import ExplainableBoostingClassifier

    model = ExplainableBoostingClassifier(interactions=0, random_state=seed, n_jobs=1)
    model.fit(features[training], won[training].astype(int))
    return np.asarray(model.predict_proba(features)[:, 1], float)
