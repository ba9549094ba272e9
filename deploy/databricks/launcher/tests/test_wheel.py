"""The wheel: what it carries, and that pip installs it without an index."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from wheel_backend import build_wheel

LAUNCHER = Path(__file__).resolve().parents[1]


def test_it_carries_the_executable_for_its_platform(tmp_path: Path) -> None:
    executable = tmp_path / "probe-linux-x64"
    executable.write_bytes(b"#!/bin/sh\necho 0.1.0\n")
    name = build_wheel(str(tmp_path), {"executable": str(executable)})
    assert name == "probe_launcher-0.1.0-py3-none-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(tmp_path / name) as wheel:
        entry = wheel.getinfo("probe_launcher/bin/probe-linux-x64")
        assert entry.external_attr >> 16 == 0o100755
        assert not any("__pycache__" in each for each in wheel.namelist())


def test_it_carries_the_npm_package_as_it_is_installed(tmp_path: Path) -> None:
    modules = tmp_path / "prefix/node_modules"
    for path in ("preflight-probe/dist/cli.js", "tedious/index.js", ".bin/probe"):
        (modules / path).parent.mkdir(parents=True, exist_ok=True)
        (modules / path).write_text(path)
    name = build_wheel(str(tmp_path), {"package": str(tmp_path / "prefix")})
    assert name == "probe_launcher-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / name) as wheel:
        carried = [each for each in wheel.namelist() if each.startswith("probe_launcher/agent/")]
    assert carried == [f"probe_launcher/agent/node_modules/{path}" for path in ("preflight-probe/dist/cli.js", "tedious/index.js")]


@pytest.mark.parametrize(
    ("settings", "why"),
    [({"executable": "probe"}, "which architecture"), ({"package": "/nowhere"}, "npm install --prefix")],
)
def test_what_it_cannot_carry_is_an_error(tmp_path: Path, settings: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        build_wheel(str(tmp_path), settings)


def test_the_same_files_make_the_same_wheel(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    name = build_wheel(str(tmp_path / "a"))
    build_wheel(str(tmp_path / "b"))
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_pip_builds_and_installs_it_without_an_index(tmp_path: Path) -> None:
    offline = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    if subprocess.run([*offline, "--version"], capture_output=True).returncode != 0:
        pytest.skip("pip: not here")
    subprocess.run([*offline, "wheel", "--no-index", "--no-deps", "-w", str(tmp_path), str(LAUNCHER)], check=True)
    [wheel] = tmp_path.glob("*.whl")
    subprocess.run([*offline, "install", "--no-index", "--no-deps", "--target", str(tmp_path / "site"), str(wheel)], check=True)
    script = """
import importlib.metadata as metadata
points = metadata.distribution("probe_launcher").entry_points
print(sorted(each.name for each in points if each.load()))
"""
    said = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": str(tmp_path / "site")}, capture_output=True, text=True, check=True
    )
    tasks = ["decide", "executors", "gate", "main", "self_test", "spark_source"]
    commands = ["decide", "executors", "gate", "launcher", "self-test", "spark-source"]
    assert said.stdout.strip() == str(sorted([*tasks, *(f"probe-{command}" for command in commands)]))
