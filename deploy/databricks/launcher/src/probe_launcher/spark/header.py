"""What a run of ours begins with. The agent says it, without network: which targets, at which digest, for which demand, within which limits."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probe_launcher.errors import LauncherError


@dataclass(frozen=True)
class Target:
    #: As the run record of the agent has it.
    record: Mapping[str, Any]
    attempts: int
    identity_standing: str
    #: Equal for targets that log in as the same user at the same place; None where nothing logs in. Names may look alike once redacted.
    identity_group: int | None
    #: As written; references are not resolved.
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.record["name"])


@dataclass(frozen=True)
class Header:
    run: Mapping[str, Any]
    limits: Mapping[str, float]
    #: Where relative paths of the configuration start.
    folder: Path
    targets: tuple[Target, ...]


def header_of(
    command: Sequence[str], options: Sequence[str], secrets: Mapping[str, str], environment: Mapping[str, str] | None = None
) -> Header:
    """`command` runs the agent; `options` are those of `probe plan`."""
    words = [*command, "plan", *options, "--secrets-stdin", "--report", "run-record"]
    asked = subprocess.run(
        words, input=json.dumps(dict(secrets)), capture_output=True, text=True, timeout=120, env=_environment(environment)
    )
    if asked.returncode != 0:
        raise LauncherError(f"the agent plans no run (exit {asked.returncode})\n{asked.stderr.strip()}")
    return header_in(json.loads(asked.stdout))


def header_in(said: Mapping[str, Any]) -> Header:
    records = {record["name"]: record for record in said["run"]["targets"]}
    targets = (
        Target(
            records[each["name"]], int(each["attempts"]), str(each["identityStanding"]), each["identityGroup"], each["settings"] or {}
        )
        for each in said["targets"]
    )
    return Header(said["run"], said["limits"], Path(said["folder"] or "."), tuple(targets))


def _environment(added: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if added is None else {**os.environ, **added}
