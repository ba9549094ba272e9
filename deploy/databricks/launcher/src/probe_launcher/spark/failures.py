"""Finds in what Spark raises the error that it is about: in the chain of Java causes, and in the text that an executor sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal

from probe_launcher.spark.causes import BROAD, CLASSES, NUMBERS, OURS, TEXTS
from probe_launcher.spark.evidence import Failure

DEEPEST = 16
SQL_EXCEPTION = "com.microsoft.sqlserver.jdbc.SQLServerException"
#: `Lost task 0.0 in stage 1.0 (TID 1) (host executor 0): java.net.ConnectException: Connection refused`
ON_EXECUTOR = re.compile(r"Lost task [^:]*?\): (?=[\w.$]+)")
THROWN = re.compile(r"^(?:Caused by: )?([a-z][\w]*(?:\.[\w$]+)+(?:Exception|Error|Failure))(?:: ([^\n]*))?", re.MULTILINE)
LOST = re.compile(r"ExecutorLostFailure[^\n]*")

Place = Literal["driver", "executor"]


@dataclass(frozen=True)
class Link:
    name: str
    message: str
    number: int | None = None
    state: str | None = None
    place: Place = "driver"

    def __post_init__(self) -> None:
        # the runtime of Databricks has its Kafka client under a package of its own
        object.__setattr__(self, "name", self.name.removeprefix("kafkashaded."))


def failure_of(error: BaseException) -> Failure | None:
    """None where Spark has not raised it: our own defect."""
    links = list(links_of(error))
    if not links:
        return None
    link, cause = _named(links)
    code = link.state or link.name.rsplit(".", 1)[-1]
    detail = f"{link.place}: {link.message or link.name}"
    egress = _refused_in(link.message) if cause == "egress-refused" else ()
    return Failure(cause, code, link.number or None, detail, "starved" if cause in OURS else None, egress)


def _refused_in(message: str) -> tuple[str, ...]:
    found = re.search(r"IP address '([^']*)'", message)
    try:
        return () if found is None else (str(ip_address(found[1])),)
    except ValueError:
        return ()


def _named(links: list[Link]) -> tuple[Link, str]:
    """A number first, then a class, then a text, then a class that says little; the innermost of each."""
    inner = links[::-1]
    for link in inner:
        if link.number in NUMBERS:
            return link, NUMBERS[link.number]
    for link in inner:
        if link.name in CLASSES:
            return link, CLASSES[link.name]
    for link in inner:
        for pattern, cause in TEXTS:
            if pattern.search(link.message):
                return link, cause
    for link in inner:
        if link.name in BROAD:
            return link, BROAD[link.name]
    numbered = next((link for link in inner if link.number), None)
    return (numbered, "server-error") if numbered is not None else (inner[0], "unclassified")


def links_of(error: BaseException) -> Iterator[Link]:
    thrown = _java(error)
    if thrown is None:
        # Spark Connect sends text alone
        if type(error).__module__.startswith("pyspark"):
            yield Link(type(error).__name__, _first_line(str(error)))
            yield from _in_text(str(error))
        return
    for _ in range(DEEPEST):
        if thrown is None:
            return
        name, message = thrown.getClass().getName(), thrown.getMessage() or ""
        if name == SQL_EXCEPTION:
            yield Link(name, message, int(thrown.getErrorCode()), thrown.getSQLState())
        else:
            yield Link(name, _first_line(message))
            yield from _in_text(message)
        thrown = thrown.getCause()


def _java(error: BaseException) -> Any:
    """The Throwable behind what PySpark raises: an error of py4j has it, and one that PySpark has translated keeps it."""
    return getattr(error, "java_exception", None) or getattr(error, "_origin", None)


def _in_text(text: str) -> Iterator[Link]:
    lost = LOST.search(text)
    if lost is not None:
        yield Link("org.apache.spark.ExecutorLostFailure", lost[0], place="executor")
    at = ON_EXECUTOR.search(text)
    remote = text[at.end() :] if at is not None else text if "\tat " in text else ""
    place: Place = "executor" if at is not None else "driver"
    for match in THROWN.finditer(remote):
        yield Link(match[1], match[2] or "", place=place)


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0]
