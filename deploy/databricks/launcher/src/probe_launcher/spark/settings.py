"""Settings of a target as written, with `${env:…}`, `${file:…}` and `${secret:…}` put in their places."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from probe_launcher.errors import LauncherError

REFERENCE = re.compile(r"\$\$\{|\$\{(env|file|secret):([^{}]+)\}")
#: A shorter one would turn up in too many texts to be cleared from them.
SHORTEST_SECRET = 8
REDACTED = "[redacted]"
#: What the agent leaves in the place of a secret that is written out.
HIDDEN = "[redacted"


@dataclass
class Resolver:
    secrets: Mapping[str, str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    #: Every value that a reference stood for.
    known: set[str] = field(default_factory=set)

    def settings(self, written: Any) -> Any:
        """The same shape, with every reference resolved."""
        if isinstance(written, str):
            if HIDDEN in written:
                raise LauncherError("a secret is written out in the configuration\nWrite it as ${secret:scope/key}.")
            return REFERENCE.sub(self._value, written)
        if isinstance(written, list):
            return [self.settings(each) for each in written]
        if isinstance(written, Mapping):
            return {key: self.settings(value) for key, value in written.items()}
        return written

    def text_of_file(self, value: Any) -> str:
        """Of a setting that is a path, `{ pem: … }` or `{ base64: … }`."""
        if isinstance(value, str):
            return (self.folder / value).read_text(encoding="utf-8")
        if "pem" in value:
            return str(value["pem"])
        return base64.b64decode(value["base64"]).decode("utf-8")

    def redact(self, text: str) -> str:
        for secret in sorted(self.known, key=len, reverse=True):
            for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()):
                text = text.replace(form, REDACTED)
        return text

    def hide(self, value: str) -> None:
        if len(value) >= SHORTEST_SECRET:
            self.known.add(value)

    def _value(self, match: re.Match[str]) -> str:
        kind, name = match[1], match[2]
        if kind is None:
            return "${"
        value = self._look(kind, name)
        self.hide(value)
        return value

    def _look(self, kind: str, name: str) -> str:
        try:
            if kind == "env":
                return self.environment[name]
            if kind == "secret":
                return self.secrets[name]
            text = (self.folder / name).read_text(encoding="utf-8")
            return re.sub(r"\r?\n\Z", "", text)
        except (KeyError, OSError) as error:
            raise LauncherError(f"${{{kind}:{name}}} cannot be resolved ({type(error).__name__})") from error
