"""Runs the agent, with its secrets on standard input, which is held open for as long as we live."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO

#: The agent ends within 5 s of the end of its standard input.
PATIENCE_SECONDS = 6.0

Log = Callable[[str], None]


def log(line: str) -> None:
    print(line, flush=True)


def run_agent(
    command: Sequence[str],
    secrets: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    say: Log = log,
) -> int:
    """Its exit code. What it says goes to the log line by line; secrets go to it as one line of standard input.

    With secrets, also with none of them, standard input stays open: its end interrupts the agent. So it ends with us, however we end:
    the system closes the pipe of a process that is killed. What `say` raises first is raised once the agent has ended.
    """
    holds = secrets is not None
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE if holds else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        # a signal to our group would end it before it has published what it found
        start_new_session=True,
    )
    troubles: list[Exception] = []
    talker = threading.Thread(target=_stream, args=(process.stdout, say, troubles), daemon=True)
    talker.start()
    try:
        if holds:
            _hand_over(process.stdin, secrets or {})
        exit_code = process.wait()
    finally:
        _end(process)
        talker.join(PATIENCE_SECONDS)
    if troubles:
        raise troubles[0]
    return exit_code


def _hand_over(stdin: IO[bytes] | None, secrets: Mapping[str, str]) -> None:
    assert stdin is not None
    try:
        stdin.write(json.dumps(dict(secrets)).encode() + b"\n")
        stdin.flush()
    except BrokenPipeError:
        pass  # it has ended already, and its exit code says why


def _stream(output: IO[bytes] | None, say: Log, troubles: list[Exception]) -> None:
    """To the end, whatever `say` makes of it: an agent whose output nobody takes would stand still."""
    assert output is not None
    for line in output:
        try:
            say(line.decode("utf-8", "replace").rstrip("\n"))
        except Exception as error:
            # a line that the log cannot take is no reason to keep the next ones from it
            troubles[:] = troubles or [error]


def _end(process: subprocess.Popen[bytes]) -> None:
    """By the end of its standard input; by force where that is not enough."""
    if process.stdin is not None:
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
