"""Looks at the argument lists and the environments of all processes, as anyone on the machine can."""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path


class Watch:
    """From its beginning to its end; `agents` counts how often the agent was seen, so that a look that sees nothing is no proof."""

    def __init__(self, secrets: Collection[str]) -> None:
        self.secrets = [secret.encode() for secret in secrets]
        self.found: set[str] = set()
        self.agents = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    self._read(process / name)

    def _read(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except OSError:
            return  # it has ended
        if path.name == "cmdline" and b"--end-with-stdin" in content:
            self.agents += 1
        if any(secret in content for secret in self.secrets):
            self.found.add(path.name)
