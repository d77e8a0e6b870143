"""Saves a trial as a new agreement file beside the one it was tried on; nothing is overwritten."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Final

from leadline.agreement.reading import parse_agreement
from leadline.errors import InputError, LeadlineError
from leadline.operations.writing import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.operations.whatif.trying import Basis, Trial

NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 _.()-]{0,99}\.ya?ml")


class ConflictError(LeadlineError):
    """What was to be saved no longer fits what is there."""

    status = 409


def digest_of(content: bytes) -> str:
    """Tells whether a file is still the same."""
    return hashlib.sha256(content).hexdigest()


def next_name(path: Path) -> str:
    """A free name beside a file: ``agreement-2.yaml``, then ``agreement-3.yaml``."""
    stem = re.sub(r"-[0-9]{1,6}$", "", path.stem)
    taken = {found.name for found in path.parent.iterdir()}
    number = 2
    while f"{stem}-{number}{path.suffix}" in taken:
        number += 1
    return f"{stem}-{number}{path.suffix}"


def save(basis: Basis, trial: Trial, path: Path, name: str, digest: str) -> Path:
    """Writes the trial to ``name`` beside ``path`` and returns where. ``digest`` is that of the file as it was read.

    Raises ``InputError`` for a name that cannot be used, ``ConflictError`` where the file has changed meanwhile or the
    new one exists.
    """
    if not trial.values or trial.agreement is None:
        raise InputError("there is nothing to save: the agreement is as the file says it.")
    if not NAME.fullmatch(name):
        raise InputError(f"'{name[:60]}' is no name for the file. Write for example {next_name(path)}.")
    _check_unchanged(path, digest)
    text = basis.amended_text(trial)
    if parse_agreement(text, source=name, folder=path.parent) != trial.agreement:
        raise ConflictError(f"{path.name} cannot be written with these changes. Change the file by hand.")
    target = path.parent / name
    _write_new(target, text)
    return target


def _check_unchanged(path: Path, digest: str) -> None:
    try:
        now = digest_of(path.read_bytes())
    except OSError as error:
        raise ConflictError(f"{path} cannot be read any more: {error.strerror}. Nothing was saved.") from None
    if now != digest:
        raise ConflictError(
            f"{path.name} has changed on disk since this page was opened; nothing was saved. Start `leadline whatif` "
            "again to try your changes on the new file: the address of this page carries them."
        )


def _write_new(target: Path, text: str) -> None:
    """Complete or not at all, and never over another file: the link fails where there is one."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    write_whole(draft, lambda file: file.write(text.encode()))
    try:
        os.link(draft, target)
    except FileExistsError:
        raise ConflictError(
            f"{target.name} exists already. Choose another name, for example {next_name(target)}."
        ) from None
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
