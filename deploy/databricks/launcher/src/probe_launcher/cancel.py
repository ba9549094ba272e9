"""What a cancelled task is told, and how long it lives then. Nobody can note that of a process that is killed but another one."""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

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


class Note(Protocol):
    def __call__(self, what: str, detail: str | None = None) -> None: ...


def await_cancel(volume: Path, seconds: float, say: Log) -> None:
    """Waits, and notes on the volume each thing that comes: a signal, an exception, the end of the time, the end of the process."""
    name = f"{PREFIX}{uuid.uuid4()}"
    note, lost = _noter(volume, name)
    try:
        with _listening(note) as interrupted, _witness(volume, name):
            say(f"self-test: cancel this task now; it waits for {seconds:g} s and notes what comes in {volume}/{name}-*.json")
            _wait(interrupted, seconds, note)
    finally:
        for each in lost:
            say(f"self-test: a note could not be written: {each}")


@contextmanager
def _witness(volume: Path, name: str) -> Iterator[None]:
    command = [sys.executable, "-c", WITNESS, str(volume), name, str(os.getpid())]
    witness = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        if witness.stdin is not None:
            witness.stdin.close()
        witness.wait(10)


def _wait(interrupted: socket.socket, seconds: float, note: Note) -> None:
    try:
        note("waiting")
        if select.select([interrupted], [], [], seconds)[0]:
            raise KeyboardInterrupt
        note("not-cancelled")
    except BaseException as error:
        note("exception", type(error).__name__)
        raise


def cancels_in(volume: Path) -> list[dict[str, Any]]:
    """What earlier cancels have left, in order of their time; a note that broke off is left out."""
    try:
        found = [note for path in sorted(volume.glob(f"{PREFIX}*.json")) if (note := _noted(path)) is not None]
    except OSError:
        return []
    return sorted(found, key=lambda note: note["at"])


def _noted(path: Path) -> dict[str, Any] | None:
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return {"file": path.name, **note} if isinstance(note, dict) and isinstance(note.get("at"), (int, float)) else None


def _noter(volume: Path, name: str) -> tuple[Note, list[str]]:
    """Numbered, since the same thing may come twice. It raises nothing, for it is called where a signal breaks in."""
    numbers = itertools.count(1)
    lost: list[str] = []

    def note(what: str, detail: str | None = None) -> None:
        text = json.dumps({"what": what, "detail": detail, "at": time.time()})
        called = what if detail is None else f"{what}-{detail}"
        try:
            write_new(volume / f"{name}-{next(numbers):02}-{called}.json", text.encode())
        except OSError as error:
            lost.append(f"{called} ({error.strerror or error})")

    return note, lost


@contextmanager
def _listening(note: Note) -> Iterator[socket.socket]:
    """Readable once a signal came that ends a task. No handler raises: the next signal would break into what the first one began."""
    here, there = socket.socketpair()
    there.setblocking(False)

    def came(number: int, _frame: FrameType | None) -> None:
        note("signal", signal.Signals(number).name)
        if number != signal.SIGUSR1:
            with suppress(BlockingIOError):
                there.send(b"!")

    before = {}
    try:
        for each in SIGNALS:
            number = getattr(signal, each)
            before[number] = signal.signal(number, came)
    except ValueError:
        note("no-signals", "not-the-main-thread")
    try:
        yield here
    finally:
        for number, handler in before.items():
            # None is one that Python has not set
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        here.close()
        there.close()
