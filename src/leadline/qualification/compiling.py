"""How the kernel is compiled: by Numba, once a machine, into a folder named after the kernel's own source."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import numba
from numba.core import config

Function = TypeVar("Function", bound=Callable[..., object])

_SOURCES = ("compiling.py", "kernel.py", "layout.py", "sorting.py")


def compiled(function: Function) -> Function:
    """A function that compiled functions call: machine code without the interpreter's lock, and no door to Python."""
    apart = numba.njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
    return cast("Function", apart(function))


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
    """The same for what runs at every event: handing the columns on to another function would cost more than its work."""
    return cast("Function", numba.njit(**_FLAT, forceinline=True)(function))


def entrance(function: Function) -> Function:
    """A compiled function that Python calls; kept on disk, with all that it calls, for the next process."""
    before, config.CACHE_DIR = config.CACHE_DIR, cache_folder()
    try:
        return cast("Function", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    finally:
        config.CACHE_DIR = before


@cache
def cache_folder() -> str:
    """Where machine code is kept: it changes with the kernel's source, so that stale code is never run."""
    digest = hashlib.sha256(numba.__version__.encode())
    for name in _SOURCES:
        digest.update((Path(__file__).parent / name).read_bytes())
    wanted = (
        os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    )
    folder = Path(wanted) / "leadline" / f"kernel-{digest.hexdigest()[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:
        return tempfile.mkdtemp(prefix="leadline-kernel-")
