"""Notes of what a cancel delivers: none is lost, whatever comes at once."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Workspace
from probe_launcher.cancel import await_cancel, cancels_in

NewWorkspace = Callable[..., Workspace]


def waiting(workspace: Workspace) -> subprocess.Popen[str]:
    started = workspace.start("self_test", "--volume", str(workspace.volume), "--await-cancel", "60")
    until_noted(workspace, lambda notes: any(note["what"] == "waiting" for note in notes))
    return started


def until_noted(workspace: Workspace, enough: Callable[[list[dict[str, Any]]], bool]) -> None:
    until = time.monotonic() + 30
    while not enough(cancels_in(workspace.volume)):
        assert time.monotonic() < until, cancels_in(workspace.volume)
        time.sleep(0.02)


def signals_in(workspace: Workspace) -> list[Any]:
    return sorted(note["detail"] for note in cancels_in(workspace.volume) if note["what"] == "signal")


def test_signals_that_come_together_are_each_noted(new_workspace: NewWorkspace) -> None:
    workspace = new_workspace("serverless")
    started = waiting(workspace)
    # delivered at once when it goes on: each handler would break into the one before
    for each in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGCONT):
        started.send_signal(each)
    output, _ = started.communicate(timeout=30)
    assert signals_in(workspace) == ["SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1"]
    assert [note["detail"] for note in cancels_in(workspace.volume) if note["what"] == "exception"] == ["KeyboardInterrupt"]
    assert "FileExistsError" not in output and output.count("Traceback") == 1
    until_noted(workspace, lambda notes: any(note["what"] == "standard input of a child ended" for note in notes))


def test_a_signal_that_comes_again_is_noted_again(new_workspace: NewWorkspace) -> None:
    workspace = new_workspace("serverless")
    started = waiting(workspace)
    for times in (1, 2):
        started.send_signal(signal.SIGUSR1)
        until_noted(workspace, lambda _: signals_in(workspace) == ["SIGUSR1"] * times)
    started.send_signal(signal.SIGTERM)
    started.communicate(timeout=30)
    assert signals_in(workspace) == ["SIGTERM", "SIGUSR1", "SIGUSR1"]


def test_where_nothing_comes_the_handlers_of_before_are_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    await_cancel(tmp_path, 0.05, lambda _: None)
    assert signal.getsignal(signal.SIGTERM) is before
    assert [note["what"] for note in cancels_in(tmp_path)] == ["waiting", "not-cancelled", "standard input of a child ended"]


def test_a_thread_that_hears_no_signals_says_so(tmp_path: Path) -> None:
    thread = threading.Thread(target=await_cancel, args=(tmp_path, 0.05, lambda _: None))
    thread.start()
    thread.join(30)
    assert [note["what"] for note in cancels_in(tmp_path)][:3] == ["no-signals", "waiting", "not-cancelled"]


def test_a_note_that_cannot_be_written_is_told_and_ends_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    await_cancel(tmp_path / "nowhere", 0.05, said.append)
    assert said[1:] == [
        "self-test: a note could not be written: waiting (No such file or directory)",
        "self-test: a note could not be written: not-cancelled (No such file or directory)",
    ]


def test_a_note_that_broke_off_hides_no_other(tmp_path: Path) -> None:
    for n, content in enumerate([b"", b'{"what":', b"[]", b'{"what":"x"}', b'{"what":"x","at":"soon"}', b"\xff"]):
        (tmp_path / f"cancel-{n}.json").write_bytes(content)
    for name, at in (("late", 2), ("early", 1)):
        (tmp_path / f"cancel-{name}.json").write_text(json.dumps({"what": name, "at": at}))
    assert [note["what"] for note in cancels_in(tmp_path)] == ["early", "late"]
