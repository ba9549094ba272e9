"""What a cancelled task is told, and how long it lives then. Nobody can note that of a process that is killed but another one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from probe_launcher.run import Log
from probe_launcher.volume import write_new

PREFIX = "cancel-"
SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1")

#: Reads its standard input to its end, which is the end of the task, and notes when that was.
WITNESS = """
import json, os, sys, time
folder, name, parent = sys.argv[1:]
sys.stdin.read()
with open(f"{folder}/{name}-stdin-ended.json", "x") as note:
    json.dump({"what": "standard input of a child ended", "at": time.time(), "taskLives": os.path.exists(f"/proc/{parent}")}, note)
"""


def await_cancel(volume: Path, seconds: float, say: Log) -> None:
    """Waits, and notes on the volume each thing that comes: a signal, an exception, the end of the time, the end of the process."""
    name = f"{PREFIX}{uuid.uuid4()}"
    note = _noter(volume, name)
    witness = subprocess.Popen(
        [sys.executable, "-c", WITNESS, str(volume), name, str(os.getpid())], stdin=subprocess.PIPE, start_new_session=True
    )
    _listen(note)
    say(f"self-test: cancel this task now; it waits for {seconds:g} s and notes what comes in {volume}/{name}-*.json")
    try:
        note("waiting")
        time.sleep(seconds)
        note("not-cancelled")
    except BaseException as error:
        note("exception", type(error).__name__)
        raise
    finally:
        if witness.stdin is not None:
            witness.stdin.close()
        witness.wait(10)


def cancels_in(volume: Path) -> list[dict[str, object]]:
    """What earlier cancels have left, in order of their time."""
    found = []
    try:
        for path in sorted(volume.glob(f"{PREFIX}*.json")):
            found.append({"file": path.name, **json.loads(path.read_bytes())})
    except (OSError, ValueError):
        pass
    return sorted(found, key=lambda note: note.get("at", 0))


def _noter(volume: Path, name: str) -> Callable[..., None]:
    def note(what: str, detail: str | None = None) -> None:
        text = json.dumps({"what": what, "detail": detail, "at": time.time()})
        write_new(volume / f"{name}-{what}{'' if detail is None else f'-{detail}'}.json", text.encode())

    return note


def _listen(note: Callable[..., None]) -> None:
    def came(number: int, _frame: FrameType | None) -> None:
        note("signal", signal.Signals(number).name)
        if number != signal.SIGUSR1:
            raise KeyboardInterrupt

    for each in SIGNALS:
        try:
            signal.signal(getattr(signal, each), came)
        except ValueError:
            note("no-signals", "not-the-main-thread")
            return
