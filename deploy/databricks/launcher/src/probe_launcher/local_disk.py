"""A folder of our own on the local disk: a volume can neither be appended to nor be trusted to execute."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from probe_launcher.errors import LauncherError


@dataclass
class LocalFolder:
    path: Path
    #: What it holds is nowhere else, and stays.
    kept: bool = False


def places() -> list[str]:
    """The local disk of a cluster, then whatever the system has."""
    named = os.environ.get("TMPDIR")
    return [*([named] if named else []), "/local_disk0/tmp", "/tmp", "/var/tmp"]


@contextmanager
def local_folder(candidates: Sequence[str] | None = None) -> Iterator[LocalFolder]:
    folder = LocalFolder(_made(places() if candidates is None else candidates))
    try:
        yield folder
    finally:
        if not folder.kept:
            shutil.rmtree(folder.path, ignore_errors=True)


def _made(candidates: Sequence[str]) -> Path:
    refused = []
    for place in candidates:
        try:
            if os.statvfs(place).f_flag & os.ST_NOEXEC:
                raise OSError("nothing may be executed there")
            # for its owner alone, as mkdtemp makes it
            return Path(tempfile.mkdtemp(prefix="probe-", dir=place))
        except OSError as error:
            refused.append(f"{place} ({error.strerror or error})")
    raise LauncherError(
        f"no local disk can be used: {', '.join(refused)}\n"
        "The agent and its evidence need a folder that can be written and executed from: set TMPDIR to one."
    )
