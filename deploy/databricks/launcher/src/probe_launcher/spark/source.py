"""Tries the targets of a configuration through Spark's own sources, and writes it as evidence of the vantage `spark-source`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from probe_launcher.run import Log
from probe_launcher.spark.causes import REJECTIONS
from probe_launcher.spark.evidence import Attempt, Failure, RunFile, now
from probe_launcher.spark.failures import failure_of
from probe_launcher.spark.header import Header, Target
from probe_launcher.spark.reading import NotTestable, Read, SourceTarget

VANTAGE = "spark-source"
#: More would only knock.
NEVER_SUCCEEDED = 5
#: As the agent spreads its own.
PACE_MARGIN = 1.25

Sleep = Callable[[float], None]


def run_record(header: Header, sources: Mapping[str, SourceTarget]) -> dict[str, Any]:
    """Of the targets that Spark has a source for: one stage, since Spark shows no other, and no hold."""
    targets = [
        {
            **target.record,
            "stages": ["request"],
            "differences": list(sources[target.name].differences),
            "holds": [],
            "heldBy": None,
            "parts": {},
        }
        for target in header.targets
        if target.name in sources
    ]
    return {**header.run, "targets": targets, "at": now()}


@dataclass
class Gathering:
    """One run: its targets in turn, and the attempts of each in turn."""

    spark: Any
    header: Header
    file: RunFile
    say: Log
    sleep: Sleep = time.sleep
    clock: Callable[[], float] = time.monotonic
    #: Identities that were rejected before any success, and those that have logged in.
    rejected: set[int] = field(default_factory=set)
    proven: set[int] = field(default_factory=set)
    logins: dict[str, int] = field(default_factory=dict)
    #: When each server may be connected to again, by our clock.
    turns: dict[str, float] = field(default_factory=dict)
    #: What was raised and is no error of Spark's.
    defects: list[BaseException] = field(default_factory=list)

    def all_of(self, sources: Mapping[str, SourceTarget]) -> None:
        ends_at = self.clock() + self.header.limits["wallTimeMs"] / 1_000
        for target in self.header.targets:
            if target.name not in sources:
                continue
            reason = self._target(target, sources[target.name], ends_at)
            self.file.stop(target.name, reason)
            self.say(f"launcher: {target.name} through Spark: ended for {reason}")

    def _target(self, target: Target, source: SourceTarget, ends_at: float) -> str:
        if target.identity_standing == "rejected-twice-today" or target.identity_group in self.rejected:
            return "credential"
        succeeded = 0
        for n in range(1, target.attempts + 1):
            self._await_turn(target, ends_at)
            began = self.clock()
            if began >= ends_at:
                return "wall-time"
            if not self._may_log_in(target, source.logins):
                return "logins"
            counted = source.logins
            made = self._attempt(target, source, n)
            # how many partitions a topic has is known once it was read
            self._count(target, source.logins - counted)
            self._take_turn(target, source.connections, began)
            self.file.attempt(made)
            succeeded += made.outcome == "succeeded"
            reason = self._stop_after(target, made, n, succeeded)
            if reason is not None:
                return reason
        return "attempts"

    def _attempt(self, target: Target, source: SourceTarget, n: int) -> Attempt:
        at, began = now(), self.clock()

        def made(failure: Failure | None, outcome: str, read: Read | None = None) -> Attempt:
            read = read or Read(egress=() if failure is None else failure.egress)
            elapsed_ms = (self.clock() - began) * 1_000
            return Attempt(target.name, n, at, elapsed_ms, failure, outcome, read.egress, read.measures, read.observation)  # type: ignore[arg-type]

        try:
            return made(None, "succeeded", source.read(self.spark, f"preflight-probe/{self.header.run['run']}"))
        except NotTestable as error:
            return made(Failure("not-testable", None, None, str(error)), "failed")
        except Exception as error:
            failure = failure_of(error)
            if failure is not None:
                return made(failure, "failed")
            self.defects.append(error)
            return made(Failure("defect", None, None, type(error).__name__), "broken")

    def _stop_after(self, target: Target, made: Attempt, n: int, succeeded: int) -> str | None:
        if made.outcome == "broken":
            return "defect"
        cause = None if made.failure is None else made.failure.cause
        if cause == "not-testable":
            return "not-testable"
        identity = target.identity_group
        if cause is None and identity is not None:
            self.proven.add(identity)
        if cause in REJECTIONS and identity is not None and identity not in self.proven:
            self.rejected.add(identity)
            return "credential"
        return "never-succeeded" if succeeded == 0 and n >= NEVER_SUCCEEDED else None

    def _may_log_in(self, target: Target, logins: int) -> bool:
        """Counted at the servers as written, over all targets of the run."""
        most = self.header.limits["logins"]
        if any(self.logins.get(server, 0) + logins > most for server in target.record["servers"]):
            return False
        self._count(target, logins)
        return True

    def _count(self, target: Target, logins: int) -> None:
        for server in target.record["servers"]:
            self.logins[server] = self.logins.get(server, 0) + logins

    def _await_turn(self, target: Target, ends_at: float) -> None:
        """The pace of a server is kept from one target to the next."""
        turn = max((self.turns.get(server, 0.0) for server in target.record["servers"]), default=0.0)
        wait = min(turn, ends_at) - self.clock()
        if wait > 0:
            self.sleep(wait)

    def _take_turn(self, target: Target, connections: int, began: float) -> None:
        interval = connections / self.header.limits["newConnectionsPerSecond"] * PACE_MARGIN
        for server in target.record["servers"]:
            self.turns[server] = began + interval
