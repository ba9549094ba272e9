"""What stands in for Databricks: a dbutils of our own, a folder for a volume, and an environment as each kind of compute has it.

The launcher under test is a process of its own, started as the platform starts an entry point.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[4]
SOURCES = Path(__file__).resolve().parents[1] / "src"

PERSONAS = {
    "dedicated": {"DATABRICKS_RUNTIME_VERSION": "15.4", "DB_CLUSTER_ID": "1123-010101-abcdefgh"},
    "serverless": {"DATABRICKS_RUNTIME_VERSION": "client.4.9", "IS_SERVERLESS": "TRUE"},
}

#: Found by `from databricks.sdk.runtime import dbutils`; what it knows lies in a file, so that no secret is in the environment.
DBUTILS = '''
import json, os, pathlib
_known = json.loads(pathlib.Path(__file__).with_name("known.json").read_text())

class _Secrets:
    def get(self, scope, key):
        return _known["secrets"][f"{scope}/{key}"]

class _TaskValues:
    def set(self, key, value):
        with open(pathlib.Path(__file__).with_name("values.ndjson"), "a") as file:
            file.write(json.dumps([key, value]) + "\\n")

class _Jobs:
    taskValues = _TaskValues()

class _Context:
    def notebook(self): return self
    def getDbutils(self): return self
    def getContext(self): return self
    def apiToken(self): return self
    def get(self): return _known["token"]

class _Notebook:
    entry_point = _Context()

class _AwsCredentials:
    import datetime
    _expiry_time = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    def get_frozen_credentials(self):
        from collections import namedtuple
        return namedtuple("Frozen", "access_key secret_key token")("AKIA", "the aws secret key", "the aws session token")

class _AwsSession:
    def get_credentials(self): return _AwsCredentials()

class _StaticAwsCredentials:
    def get_frozen_credentials(self):
        from collections import namedtuple
        return namedtuple("Frozen", "access_key secret_key token")("AKIA", "the aws secret key", None)

class _StaticAwsSession:
    def get_credentials(self): return _StaticAwsCredentials()

class _AzureCredential:
    def get_token(self, scope):
        from collections import namedtuple
        return namedtuple("Token", "token expires_on")(f"a token for {scope}", 1893553445)

class _Credentials:
    def getServiceCredentialsProvider(self, name):
        return {"lake": _AwsSession, "static": _StaticAwsSession, "vault": _AzureCredential}[name]()

class _DbUtils:
    secrets = _Secrets()
    jobs = _Jobs()
    notebook = _Notebook()
    credentials = _Credentials()

dbutils = _DbUtils()
'''

#: `SparkSession.builder.getOrCreate().sql(…).collect()` gives the rows of a file.
PYSPARK = '''
import datetime, json, pathlib

class SparkSession:
    class builder:
        @staticmethod
        def getOrCreate(): return SparkSession()
    @staticmethod
    def getActiveSession(): return None
    def sql(self, query): return self
    def collect(self):
        rows = json.loads(pathlib.Path(__file__).with_name("rows.json").read_text())
        return [{**row, "event_time": datetime.datetime.fromisoformat(row["event_time"])} for row in rows]
'''


@dataclass
class Ended:
    returned: bool
    output: str

    @property
    def raised(self) -> str:
        """The message of what was raised, without its type."""
        lines = self.output.splitlines()
        start = max((n for n, line in enumerate(lines) if line.startswith("probe_launcher.errors.")), default=None)
        return "" if start is None else "\n".join(lines[start:]).split(": ", 1)[1]


@dataclass
class Workspace:
    """A machine of one kind of compute, with a volume."""

    folder: Path
    persona: str
    secrets: dict[str, str] = field(default_factory=dict)
    token: str = "an opaque token"
    environment: dict[str, str] = field(default_factory=dict)
    denials: list[dict[str, str]] | None = None

    @property
    def volume(self) -> Path:
        return self.folder / "Volumes"

    @property
    def evidence(self) -> Path:
        return self.volume / "evidence"

    def configure(self, text: str) -> Path:
        path = self.volume / "probe.yaml"
        path.write_text(text)
        return path

    def start(self, entry: str, *arguments: str) -> subprocess.Popen[str]:
        self._write_stand_ins()
        script = f"import sys; sys.argv[0] = 'entry'; import probe_launcher; probe_launcher.{entry}()"
        return subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": f"{self.folder / 'installed'}:{self.folder / 'stand-ins'}",
                "TMPDIR": str(self.folder / "local"),
                **PERSONAS[self.persona],
                **self.environment,
            },
        )

    def run(self, entry: str, *arguments: str) -> Ended:
        started = self.start(entry, *arguments)
        output, _ = started.communicate(timeout=120)
        return Ended(started.returncode == 0, output)

    def gather(self, *others: str) -> Ended:
        return self.run("main", *self.gathering(*others))

    def gathering(self, *others: str) -> list[str]:
        words = ["run", "--config", str(self.volume / "probe.yaml"), "--context", self.persona]
        profile = [] if "--profile" in others else ["--profile", "quick"]
        return [*words, "--evidence", str(self.evidence), *profile, *others]

    def task_values(self) -> dict[str, str]:
        lines = (self.folder / "stand-ins/databricks/sdk/runtime/values.ndjson").read_text().splitlines()
        return dict(json.loads(line) for line in lines)

    def records(self) -> list[dict[str, object]]:
        """All that lies among the evidence, in the order of the names."""
        files = sorted(self.evidence.iterdir()) if self.evidence.exists() else []
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]

    def _write_stand_ins(self) -> None:
        runtime = self.folder / "stand-ins/databricks/sdk/runtime"
        runtime.mkdir(parents=True, exist_ok=True)
        (runtime / "__init__.py").write_text(DBUTILS)
        (runtime / "known.json").write_text(json.dumps({"secrets": self.secrets, "token": self.token}))
        for package in (runtime.parent, runtime.parent.parent):
            (package / "__init__.py").touch()
        if self.denials is not None:
            sql = self.folder / "stand-ins/pyspark/sql"
            sql.mkdir(parents=True, exist_ok=True)
            (sql.parent / "__init__.py").touch()
            (sql / "__init__.py").write_text(PYSPARK)
            (sql / "rows.json").write_text(json.dumps(self.denials))


def install(folder: Path) -> None:
    """As the wheel is on a machine: the launcher, and within it the agent as the npm package installs it."""
    shutil.copytree(SOURCES / "probe_launcher", folder / "installed/probe_launcher", ignore=shutil.ignore_patterns("__pycache__"))
    modules = folder / "installed/probe_launcher/agent/node_modules"
    modules.mkdir(parents=True)
    # its libraries are found from where the link leads to
    (modules / "preflight-probe").symlink_to(REPOSITORY)


@pytest.fixture
def new_workspace(tmp_path: Path) -> Iterator[object]:
    def made(persona: str = "serverless", **over: object) -> Workspace:
        folder = tmp_path / persona
        for name in ("Volumes", "local"):
            (folder / name).mkdir(parents=True)
        install(folder)
        return Workspace(folder, persona, **over)  # type: ignore[arg-type]

    yield made


@dataclass
class Lab:
    """`probe lab`: its configuration, and the secrets that this refers to."""

    config: str
    secrets: dict[str, str]


def _start_lab(kind: str, folder: Path) -> tuple[subprocess.Popen[str], Lab]:
    written = folder / f"{kind}.yaml"
    process = subprocess.Popen(
        ["node", str(REPOSITORY / "dist/cli.js"), "lab", kind, "--write", str(written)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if "Ctrl-C" in line:
            break
    secrets = {f"lab/{name}": value for name, value in re.findall(r"^export (LAB_\w+)='([^']*)'$", said, re.MULTILINE)}
    threading.Thread(target=process.stderr.read, daemon=True).start()
    config = written.read_text()
    for name in secrets:
        config = config.replace(f"${{env:{name.removeprefix('lab/')}}}", f"${{secret:{name}}}")
    return process, Lab(config, secrets)


@pytest.fixture(scope="session")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Lab]]:
    folder = tmp_path_factory.mktemp("labs")
    started = {kind: _start_lab(kind, folder) for kind in PERSONAS}
    yield {kind: lab for kind, (_, lab) in started.items()}
    for process, _ in started.values():
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def plain_volume(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The environment in which a folder is a volume without append, rename, link, rights and sync."""
    library = tmp_path_factory.mktemp("volume") / "plain-volume.so"
    source = REPOSITORY / "test/kit/plain-volume.c"
    if shutil.which("gcc") is None:
        pytest.skip("gcc: nothing here builds such a file system")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return lambda volume: {"PLAIN_VOLUME": str(volume), "LD_PRELOAD": str(library)}
