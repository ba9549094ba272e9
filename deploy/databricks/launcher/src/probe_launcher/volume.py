"""A volume takes whole new files: nothing here appends, renames, links or changes rights."""

from __future__ import annotations

import json
from pathlib import Path


def write_new(path: Path, content: bytes) -> None:
    """Raises FileExistsError where it is there already."""
    with open(path, "xb") as file:
        file.write(content)


def is_published(evidence: Path, run: str) -> bool:
    """Whether the end of this run lies there: what was to be written has been."""
    return any(_ends(part, run) for part in evidence.iterdir() if run in part.name)


def _ends(part: Path, run: str) -> bool:
    *_, last = [b"", *part.read_bytes().splitlines()]
    try:
        record = json.loads(last)
    except ValueError:
        return False
    return isinstance(record, dict) and record.get("record") == "end" and record.get("run") == run
