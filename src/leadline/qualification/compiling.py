"""How the kernel is compiled: by Numba, once a machine, into a folder named after the kernel's own source."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config

Function = TypeVar("Function", bound=Callable[..., object])

_CACHE = "CACHE_DIR"
_SOURCES = ("compiling.py", "layout.py", "sorting.py", "kernel/*.py")


_APART: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
_FLAT: dict[str, Any] = _APART | {"_nrt": False}


def compiled(function: Function) -> Function:
    """A function that compiled functions call: machine code without the interpreter's lock, and no door to Python."""
    return cast("Function", numba.njit(**_APART)(function))


_FLAT = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}


def inner(function: Function) -> Function:
    """The same for functions that make no arrays: they count no references, which would cost more than their work."""
    return cast("Function", numba.njit(**_FLAT)(function))


def inlined(function: Function) -> Function:
    """The same for what runs at every event: handing the columns to another function would cost more than its work."""
    return cast("Function", numba.njit(**_FLAT, forceinline=True)(function))


def entrance(function: Function) -> Function:
    """A compiled function that Python calls; kept on disk, with all that it calls, for the next process."""
    before = getattr(config, _CACHE)
    setattr(config, _CACHE, cache_folder())
    try:
        return cast("Function", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    finally:
        setattr(config, _CACHE, before)


@cache
def cache_folder() -> str:
    """Where machine code is kept: it changes with the kernel's source, so that stale code is never run."""
    digest = hashlib.sha256(numba.__version__.encode())
    for pattern in _SOURCES:
        for path in sorted(Path(__file__).parent.glob(pattern)):
            digest.update(path.read_bytes())
    wanted = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(wanted) / "leadline" / f"kernel-{digest.hexdigest()[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:
        return tempfile.mkdtemp(prefix="leadline-kernel-")
