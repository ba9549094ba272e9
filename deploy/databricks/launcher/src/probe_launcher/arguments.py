"""The parameters of a task. What is not of the launcher is the agent's."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import NoReturn

from probe_launcher.errors import LauncherError
from probe_launcher.run import log


class Parser(argparse.ArgumentParser):
    """Leaving the process is taken for an error by the platform, whatever the exit code."""

    def error(self, message: str) -> NoReturn:
        raise LauncherError(f"{message}\n{self.format_usage()}")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise LauncherError(message or self.format_help())


@dataclass(frozen=True)
class Parameters:
    config: Path
    evidence: list[Path]
    reports: Path
    context: str | None = None
    workload: list[str] = field(default_factory=list)
    job_id: str | None = None
    run_id: str | None = None
    #: When the platform was asked for this run, in UTC.
    started_at: str | None = None
    #: The agent's own, as they were given.
    others: list[str] = field(default_factory=list)


def given() -> list[str]:
    return sys.argv[1:]


def parse_also(task: str, arguments: Sequence[str], *names: str) -> tuple[Parameters, dict[str, dict[str, str]]]:
    """With options of the task's own, each `TARGET=VALUE` and repeatable."""
    parser = Parser(prog=task, allow_abbrev=False)
    for name in names:
        parser.add_argument(f"--{name}", action="append", default=[], metavar="TARGET=VALUE")
    own, others = parser.parse_known_args(list(arguments))
    return parse(task, others), {name: _pairs(f"--{name}", getattr(own, name.replace("-", "_"))) for name in names}


def executors_asked(arguments: Sequence[str]) -> tuple[list[str], int | None]:
    """How many executors the operator says there are; None where they are to be counted."""
    parser = Parser(prog="executors", allow_abbrev=False)
    parser.add_argument("--executors", type=int, metavar="N")
    own, others = parser.parse_known_args(list(arguments))
    if own.executors is not None and own.executors < 1:
        raise LauncherError("--executors is 1 or more\nLeave it out, and the executors that are there are counted.")
    return others, own.executors


def _pairs(option: str, written: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in written]
    for target, _, value in pairs:
        if not target or not value:
            raise LauncherError(f"{option} expects TARGET=VALUE")
    return {target: value for target, _, value in pairs}


def parse(task: str, arguments: Sequence[str]) -> Parameters:
    parser = Parser(prog=task, allow_abbrev=False)
    parser.add_argument("--config", required=True, type=Path, help="the configuration, such as /Volumes/…/probe.yaml")
    parser.add_argument("--evidence", required=True, type=Path, action="append", help="a folder on a volume")
    parser.add_argument("--reports", type=Path, help="where reports are copied to; beside the evidence where not given")
    parser.add_argument("--context", help="the name of this context")
    parser.add_argument("--workload", action="append", default=[], help="only this workload")
    parser.add_argument("--job-id", help="{{job.id}}")
    parser.add_argument("--run-id", help="{{job.run_id}}")
    parser.add_argument("--started-at", help="{{job.start_time.iso_datetime}}")
    known, others = parser.parse_known_args(list(arguments))
    first: Path = known.evidence[0]
    return Parameters(
        config=known.config,
        evidence=known.evidence,
        reports=known.reports or first.with_name(f"{first.name}-reports"),
        context=known.context,
        workload=known.workload,
        job_id=known.job_id,
        run_id=known.run_id,
        started_at=_utc(known.started_at),
        others=others,
    )


def _utc(time: str | None) -> str | None:
    """The platform writes it in UTC, and not always that it is. What is no time is left out: it measures how long a start takes, no more."""
    if time is None:
        return None
    try:
        known = datetime.fromisoformat(time.replace("Z", "+00:00"))
    except ValueError:
        log(f"launcher: --started-at is no time and is left out: {time[:40]}")
        return None
    zoned = known if known.tzinfo is not None else known.replace(tzinfo=timezone.utc)
    return zoned.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
