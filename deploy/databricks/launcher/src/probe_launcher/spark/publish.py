"""Publishes a run of ours in parts, each a new whole file that begins with the run record, as the agent does (docs/decisions/111)."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probe_launcher.run import Log
from probe_launcher.spark.evidence import file_name, line_of
from probe_launcher.volume import write_new

EVERY_SECONDS = 60.0
TRIES_AT_THE_END = 3
PAUSE_SECONDS = 1.0
#: Of a volume that does not answer.
PATIENCE_SECONDS = 60.0


class Publisher:
    """The first part holds the run record alone: a task that is killed at its first attempt has left a trace.

    The parts after it are written by a thread of its own, so that an attempt which hangs in Spark holds back nothing that was finished.
    """

    def __init__(self, run: Mapping[str, Any], folder: Path, say: Log, every_seconds: float = EVERY_SECONDS) -> None:
        """Raises OSError where the volume takes no file."""
        self._run = run
        self._folder = folder
        self._say = say
        self._every_seconds = every_seconds
        self._waiting: list[str] = []
        self._before = 0
        self._parts = 0
        self._ended = threading.Event()
        self._ticking = threading.Thread(target=self._tick, daemon=True)
        folder.mkdir(exist_ok=True)
        self._part()
        self._ticking.start()

    def add(self, line: str) -> None:
        self._waiting.append(line)

    def close(self) -> None:
        """Publishes what is left. Raises OSError where that cannot be done."""
        self._ended.set()
        self._ticking.join(PATIENCE_SECONDS)
        if self._ticking.is_alive():
            raise TimeoutError(f"no answer in {PATIENCE_SECONDS:g} s")
        for left in reversed(range(TRIES_AT_THE_END)):
            try:
                return self._part() if self._waiting else None
            except OSError:
                if left == 0:
                    raise
                time.sleep(PAUSE_SECONDS)

    def _tick(self) -> None:
        while not self._ended.wait(self._every_seconds):
            try:
                if self._waiting:
                    self._part()
            except OSError as error:
                self._say(f"launcher: a part of the evidence was not published and is tried again ({error.strerror or error})")

    def _part(self) -> None:
        lines = list(self._waiting)
        # a name that was tried once is not tried again: something of it may lie there
        self._parts += 1
        beginning = {**self._run, "part": {"recordsBefore": self._before, "everySeconds": self._every_seconds}}
        text = "".join(f"{line}\n" for line in (line_of(beginning), *lines))
        write_new(self._folder / file_name(self._run, self._parts), text.encode())
        self._before += len(lines)
        del self._waiting[: len(lines)]
