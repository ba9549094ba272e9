"""Says what is possible on this compute, before anything relies on it: JSON, and nothing of it is a verdict."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from probe_launcher.agent import find_agent
from probe_launcher.arguments import Parser
from probe_launcher.cancel import await_cancel, cancels_in
from probe_launcher.dbutils import find_dbutils, the_dbutils
from probe_launcher.errors import LauncherError
from probe_launcher.local_disk import local_folder, places
from probe_launcher.run import log
from probe_launcher.volume import write_new

Check = dict[str, Any]
TCP_SECONDS = 5.0

#: What the platform sets, by name; of the others not even the name is shown.
SIGNS = (
    "DATABRICKS_RUNTIME_VERSION",
    "IS_SERVERLESS",
    "DB_CLUSTER_ID",
    "DB_INSTANCE_TYPE",
    "DATABRICKS_ROOT_VIRTUALENV_ENV",
    "IS_IN_DATABRICKS_MODEL_SERVING_ENV",
    "DATABRICKS_SERVERLESS_COMPUTE_ID",
)


def run_self_test(arguments: Sequence[str]) -> None:
    parser = Parser(prog="self_test", allow_abbrev=False)
    parser.add_argument("--tcp", action="append", default=[], metavar="HOST:PORT", help="open a connection; repeatable")
    parser.add_argument("--resolve", action="append", default=[], metavar="NAME", help="look a name up; repeatable")
    parser.add_argument("--volume", type=Path, help="a folder on a volume to try")
    parser.add_argument("--secret", action="append", default=[], metavar="SCOPE/KEY", help="try to read it; repeatable")
    parser.add_argument("--table", action="store_true", help="try to read system.access.outbound_network")
    parser.add_argument("--await-cancel", type=float, metavar="SECONDS", help="wait to be cancelled, and note what comes")
    asked = parser.parse_args(list(arguments))
    if asked.await_cancel is not None and asked.volume is None:
        raise LauncherError("--await-cancel notes what comes on a volume, and none is named\nAdd --volume DIR.")
    log(json.dumps(findings(asked), indent=2))
    if asked.await_cancel is not None:
        await_cancel(asked.volume, asked.await_cancel, log)


def findings(asked: Any) -> dict[str, Any]:
    return {
        "selfTest": 1,
        "host": _host(),
        "localDisk": [_disk(place) for place in places()],
        "agent": _checked(_agent),
        "standardInput": _checked(_stdin),
        "resolve": {name: _checked(lambda: {"addresses": _resolved(name)}) for name in asked.resolve},
        "tcp": {place: _checked(lambda: _tcp(place)) for place in asked.tcp},
        "dbutils": _checked(_dbutils),
        "secrets": {name: _checked(lambda: _secret(name), tells_why=False) for name in asked.secret},
        "outboundNetworkTable": _checked(_table) if asked.table else None,
        "volume": None if asked.volume is None else _volume(asked.volume),
        "cancels": None if asked.volume is None else cancels_in(asked.volume),
    }


def _checked(work: Callable[[], Check], tells_why: bool = True) -> Check:
    """With the time it took; of a secret that fails only the kind of error is told, since a text may quote what it is about."""
    began = time.monotonic()
    try:
        found = {"ok": True, **work()}
    except Exception as error:
        found = {"ok": False, "error": type(error).__name__, **({"why": _why(error)} if tells_why else {})}
    return {**found, "elapsedMs": round((time.monotonic() - began) * 1000)}


def _why(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error).split("\n", 1)[0][:200]


def _host() -> Check:
    libc, version = platform.libc_ver()
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "libc": f"{libc} {version}",
        "cpus": os.cpu_count(),
        "uid": os.getuid(),
        "mainThread": threading.current_thread() is threading.main_thread(),
        "signs": {name: os.environ[name] for name in SIGNS if name in os.environ},
        "dbrVersionFile": Path("/databricks/DBR_VERSION").exists(),
    }


def _disk(place: str) -> Check:
    try:
        flags = os.statvfs(place)
    except OSError as error:
        return {"place": place, "there": False, "why": error.strerror}
    return {
        "place": place,
        "there": True,
        "writable": os.access(place, os.W_OK) and not flags.f_flag & os.ST_RDONLY,
        "executable": not flags.f_flag & os.ST_NOEXEC,
        "freeMb": flags.f_bavail * flags.f_frsize // 1_000_000,
    }


def _agent() -> Check:
    with local_folder() as local:
        agent = find_agent(local.path)
        said = subprocess.run([*agent.command, "--version"], capture_output=True, text=True, timeout=60, check=True)
        return {"found": agent.found, "version": said.stdout.strip()}


def _stdin() -> Check:
    """A child that reads a line, and then waits for the end."""
    script = "import sys; print(len(sys.stdin.readline())); print(len(sys.stdin.read()))"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        said, _ = child.communicate("a line\n", timeout=60)
    if said.split() != ["7", "0"]:
        raise ValueError(f"a child read {said.split()} where 7 and 0 were expected")
    return {}


def _resolved(name: str) -> list[str]:
    return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)})


def _tcp(place: str) -> Check:
    host, _, port = place.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), TCP_SECONDS) as opened:
        return {"from": opened.getsockname()[0], "to": opened.getpeername()[0]}


def _dbutils() -> Check:
    found = find_dbutils()
    if found is None:
        raise LookupError("no dbutils is here")
    return {"kind": f"{type(found).__module__}.{type(found).__name__}"}


def _secret(name: str) -> Check:
    """Whether there is one, and nothing of it: not even its length."""
    scope, key = name.split("/", 1)
    if not the_dbutils("a secret").secrets.get(scope=scope, key=key):
        raise LookupError("it is empty")
    return {}


def _table() -> Check:
    from probe_launcher.denials import TABLE, spark

    spark().sql(f"SELECT event_time FROM {TABLE} LIMIT 1").collect()
    return {}


def _volume(folder: Path) -> Check:
    """What the launcher and the agent do there has to work; of the rest it is only told whether it would."""
    file = folder / f"self-test-{uuid.uuid4()}"
    other = folder / f"{file.name}-2"

    def read_back() -> Check:
        if file.read_bytes() != b"self-test\n":
            raise ValueError("another content was read than was written")
        return {}

    needed = {
        "makeFolder": _checked(lambda: folder.mkdir(exist_ok=True) or {}),
        "writeNew": _checked(lambda: write_new(file, b"self-test\n") or {}),
        "readBack": _checked(read_back),
        "list": _checked(lambda: {"names": len(os.listdir(folder))}),
        "refuseExisting": _checked(lambda: _refused_as_existing(file)),
    }
    tried = {
        "append": _checked(lambda: _appended(file)),
        "rename": _checked(lambda: _renamed_and_back(file, other)),
        "link": _checked(lambda: os.link(file, other) or {}),
        "chmod": _checked(lambda: file.chmod(0o600) or {}),
        "sync": _checked(lambda: _synced(file)),
        "execute": _checked(lambda: _executed(folder)),
    }
    deleted = [_checked(lambda: path.unlink(missing_ok=True) or {}) for path in (file, other)]
    return {"folder": str(folder), **needed, "notNeeded": tried, "delete": deleted[0]}


def _refused_as_existing(file: Path) -> Check:
    try:
        write_new(file, b"again\n")
    except FileExistsError:
        return {}
    raise ValueError("an existing file was written over")


def _appended(file: Path) -> Check:
    with open(file, "ab") as opened:
        opened.write(b"more\n")
    return {}


def _renamed_and_back(file: Path, other: Path) -> Check:
    file.rename(other)
    other.rename(file)
    return {}


def _synced(file: Path) -> Check:
    with open(file, "rb") as opened:
        os.fsync(opened.fileno())
    return {}


def _executed(folder: Path) -> Check:
    script = folder / f"self-test-{uuid.uuid4()}.sh"
    try:
        write_new(script, b"#!/bin/sh\nexit 0\n")
        script.chmod(0o700)
        subprocess.run([str(script)], check=True, timeout=30)
    finally:
        script.unlink(missing_ok=True)
    return {}
