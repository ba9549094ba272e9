"""What runs on each executor: the agent, once, as one of several processes. Everything that is known of it lies in a folder that all see."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probe_launcher.agent import find_agent
from probe_launcher.errors import LauncherError
from probe_launcher.local_disk import local_folder
from probe_launcher.run import run_agent
from probe_launcher.volume import write_new

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
POLL_SECONDS = 0.2

BEGAN = "began"
ENDED = "ended"


@dataclass(frozen=True)
class Job:
    """Handed to each executor by Spark's own channel, secrets included: no executor can resolve one."""

    id: str
    of: int
    #: Of the agent, without where its evidence goes.
    words: tuple[str, ...]
    secrets: Mapping[str, str]
    environment: Mapping[str, str]
    evidence: str
    #: Where the processes of this job find each other.
    notes: str
    #: How long each waits for the others to begin.
    patience_seconds: float


def run_here(indices: Iterator[int], job: Job) -> Iterator[int]:
    """Never raises for what the host lacks: an ordinary task that fails is repeated by Spark, and a failure is not to be."""
    for index in indices:
        run_one(index, job)
        yield index


def run_one(index: int, job: Job) -> None:
    notes = Path(job.notes)
    executor = {"host": socket.gethostname(), "executor": _executor()}
    try:
        note(notes, BEGAN, index, executor)
    except FileExistsError:
        return  # Spark repeats what it has lost: what was begun there is not tried again elsewhere
    others = _await_others(notes, job)
    alike = (other for other, known in others.items() if known["executor"] == executor["executor"])
    # our own note may be half-seen just now
    first = min((index, *alike))
    if first != index:
        note(notes, ENDED, index, {**executor, "trouble": f"did not start: Spark put it on the executor of process {first}"})
        return
    note(notes, ENDED, index, {**executor, **_run_agent(index, job)})


def _run_agent(index: int, job: Job) -> dict[str, Any]:
    said: list[str] = []
    try:
        with local_folder() as local:
            command = find_agent(local.path).command
            folders = ["--evidence", str(local.path / "evidence"), "--publish", job.evidence]
            streams = ["--report", f"json={local.path / 'report.json'}", "--secrets-stdin", "--end-with-stdin"]
            environment = {
                **job.environment,
                "PROBE_PROCESS_INDEX": str(index),
                "PROBE_PROCESSES": str(job.of),
                "PROBE_JOB": job.id,
            }
            words = [*command, *job.words, *folders, *streams]
            exit_code = run_agent(words, job.secrets, environment, said.append)
            return {"exit": exit_code, "said": said[-5:]}
    except (LauncherError, OSError) as error:
        return {"trouble": f"did not start: {str(error).splitlines()[0]}"}


def _executor() -> str:
    """Of the machine, and of the daemon that forks the workers of one executor."""
    return f"{BOOT_ID.read_text().strip() if BOOT_ID.exists() else socket.gethostname()}-{os.getppid()}"


def _await_others(notes: Path, job: Job) -> dict[int, dict[str, Any]]:
    """All at once, so that none is placed where another has just ended."""
    until = time.monotonic() + job.patience_seconds
    while True:
        begun = noted(notes, BEGAN)
        if len(begun) >= job.of or time.monotonic() > until:
            return begun
        time.sleep(POLL_SECONDS)


def note(notes: Path, what: str, index: int, known: Mapping[str, Any]) -> None:
    write_new(notes / f"{what}-{index}.json", json.dumps(dict(known)).encode())


def noted(notes: Path, what: str) -> dict[int, dict[str, Any]]:
    """By the index of the process; what is being written just now is left for the next look."""
    found = {}
    for path in notes.glob(f"{what}-*.json"):
        try:
            found[int(path.stem.rsplit("-", 1)[1])] = json.loads(path.read_bytes())
        except (ValueError, OSError):
            continue
    return found
