"""What one read through a source of Spark brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Read:
    #: The addresses that the target saw Spark come from.
    egress: tuple[str, ...] = ()
    observation: Mapping[str, Any] | None = None
    measures: Mapping[str, float] = field(default_factory=dict)


class NotTestable(Exception):
    """Nothing could be read, and that says nothing of the target."""


class SourceTarget(Protocol):
    #: Where this read is not what a workload's is, a sentence each.
    differences: tuple[str, ...]

    @property
    def connections(self) -> int:
        """Of one attempt, for the pace."""

    @property
    def logins(self) -> int: ...

    def read(self, spark: Any, client_name: str) -> Read:
        """ONE read on fresh connections."""


@dataclass(frozen=True)
class Untestable:
    """Of a target that cannot be read through Spark as it is written: its evidence says why, and the others are tried."""

    why: str
    differences: tuple[str, ...] = ()
    connections: int = 0
    logins: int = 0

    def read(self, spark: Any, client_name: str) -> Read:
        raise NotTestable(self.why)
