"""Settings of a target as written, with `${env:…}`, `${file:…}` and `${secret:…}` put in their places."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from probe_launcher.errors import LauncherError
from probe_launcher.redaction import cleared, forms_of

REFERENCE = re.compile(r"\$\$\{|\$\{(env|file|secret):([^{}]+)\}")
#: What the agent leaves in the place of a secret that is written out.
HIDDEN = "[redacted"


@dataclass
class Resolver:
    secrets: Mapping[str, str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    #: Whatever a reference stood for, in each form.
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
        """Free text, which is also cleared of secrets that are short, as the agent does it."""
        return cleared(text, self.known)

    def hide(self, value: str) -> None:
        self.known |= forms_of(value)

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
