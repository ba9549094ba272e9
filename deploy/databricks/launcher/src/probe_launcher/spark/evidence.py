"""The evidence of a run, record for record as the agent writes it (schema version 1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from probe_launcher.volume import write_new

LONGEST_DETAIL = 240
LONGEST_CONTEXT = 100

Outcome = Literal["succeeded", "failed", "aborted", "broken"]


@dataclass(frozen=True)
class Failure:
    cause: str
    code: str | None
    number: int | None
    detail: str
    #: Ours to lose: in no rate.
    taint: str | None = None
    #: Addresses that the refusal named.
    egress: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    target: str
    n: int
    at: str
    elapsed_ms: float
    failure: Failure | None = None
    outcome: Outcome | None = None
    egress: tuple[str, ...] = ()
    measures: Mapping[str, float] | None = None
    observation: Mapping[str, Any] | None = None
    stage: str = "request"


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class RunFile:
    """Each record stands on the local disk, and is handed on, before the next attempt begins."""

    def __init__(self, run: Mapping[str, Any], folder: Path, redact: Callable[[str], str], hand_on: Callable[[str], None]) -> None:
        self.run = run
        self._redact = redact
        self._hand_on = hand_on
        self._records = 1
        self._path = folder / file_name(run)
        folder.mkdir(parents=True, exist_ok=True)
        write_new(self._path, f"{line_of(run)}\n".encode())

    def attempt(self, made: Attempt) -> None:
        self._append(attempt_record(str(self.run["run"]), made, self._redact))

    def stop(self, target: str, reason: str) -> None:
        self._append({"record": "stop", "run": self.run["run"], "target": target, "at": now(), "reason": reason})

    def end(self, interrupted: bool) -> None:
        self._append(
            {"record": "end", "run": self.run["run"], "at": now(), "interrupted": interrupted, "records": self._records}
        )

    def _append(self, record: Mapping[str, Any]) -> None:
        # counted first, so that one which cannot be written is missed when the run is read
        self._records += 1
        line = line_of(record)
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        self._hand_on(line)


def line_of(record: Mapping[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def attempt_record(run: str, made: Attempt, redact: Callable[[str], str]) -> dict[str, Any]:
    failure = made.failure
    return {
        "record": "attempt",
        "run": run,
        "target": made.target,
        "n": made.n,
        "at": made.at,
        "outcome": made.outcome or ("succeeded" if failure is None else "failed"),
        "stages": [{"stage": made.stage, "server": None, "elapsedMs": round(made.elapsed_ms, 1), "ok": failure is None}],
        "failure": None if failure is None else _failure(failure, made.stage, redact),
        "resolved": [],
        "egress": list(made.egress),
        "measures": dict(made.measures or {}),
        "observation": None if made.observation is None else dict(made.observation),
        "part": None,
        "hold": None,
        "taint": None if failure is None else failure.taint,
    }


def _failure(failure: Failure, stage: str, redact: Callable[[str], str]) -> dict[str, Any]:
    """Cut after it was redacted, and redacted before its white space goes: a cut through a secret, or a line feed less, would hide the rest of it."""
    detail = re.sub(r"\s+", " ", redact(failure.detail))[:LONGEST_DETAIL]
    return {
        "stage": stage,
        "server": None,
        "cause": failure.cause,
        "code": failure.code,
        "number": failure.number,
        "detail": detail,
    }


def file_name(run: Mapping[str, Any], part: int = 1) -> str:
    """For people: nothing is read from it."""
    context = re.sub(r"^\.+", "_", re.sub(r"[^A-Za-z0-9_.-]+", "_", run["context"]["name"]))[:LONGEST_CONTEXT]
    started = re.sub(r"\.\d+", "", re.sub(r"[-:]", "", run["at"]))
    return f"{context}-{started}-{run['run']}.{part:04d}.ndjson"
