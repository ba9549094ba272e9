"""What became of a command of the agent, as a line that a person and a log search both find."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probe_launcher.run import Log, log
from probe_launcher.volume import write_new

#: Of the commands that answer with a placement.
PLACEMENT_VERDICTS = {0: "pass", 1: "fail", 3: "inconclusive"}


@dataclass(frozen=True)
class Outcome:
    verdict: str
    exit_code: int
    report: Path | None

    @property
    def line(self) -> str:
        return f"PROBE {self.verdict} exit={self.exit_code} report={self.report or 'none'}"


def read_json(path: Path) -> dict[str, Any] | None:
    """What the agent wrote; None where it did not."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def keep(report: Path, folder: Path, name: str, say: Log = log) -> Path | None:
    """Copies a report to the volume. That it cannot be kept there is said, and holds nothing up: it is a view of the evidence."""
    try:
        folder.mkdir(exist_ok=True)
        kept = folder / name
        write_new(kept, report.read_bytes())
        return kept
    except OSError as error:
        say(f"launcher: the report cannot be kept in {folder} ({error.strerror or error})")
        return None
