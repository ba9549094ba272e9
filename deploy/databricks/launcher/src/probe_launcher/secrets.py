"""Resolves what a configuration refers to as `${secret:scope/key}`. No value is ever shown, and none is looked at but for its expiry."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from probe_launcher.ambient import ambient
from probe_launcher.credentials import service_credential
from probe_launcher.dbutils import the_dbutils
from probe_launcher.run import Log, log

#: `$${` stands for a plain `${`.
REFERENCE = re.compile(r"\$\$\{|\$\{secret:([^{}]+)\}")
AMBIENT_SCOPE = "databricks"
CREDENTIAL_SCOPE = "service-credential:"


def references_in(config: str) -> list[str]:
    """Each `scope/key` once, in the order in which they stand there."""
    names = (match[1] for match in REFERENCE.finditer(config))
    return list(dict.fromkeys(name for name in names if name is not None and "/" in name))


def resolve(config: str, say: Log = log) -> dict[str, str]:
    """The value of each reference; one that cannot be had is named, and the agent refuses the setting that needs it."""
    found: dict[str, str] = {}
    resolvers: dict[str, Callable[[str], str]] = {}
    # when something ends is known once it was asked for
    for name in sorted(references_in(config), key=lambda each: each.endswith("expires-at")):
        scope, key = name.split("/", 1)
        try:
            if scope not in resolvers:
                resolvers[scope] = _resolver(scope, say)
            found[name] = _text(resolvers[scope](key))
        except Exception as error:  # dbutils raises what it likes; its text may quote what it was asked for, and no value
            say(f"launcher: the secret {name} cannot be had ({type(error).__name__})")
    return found


def _text(value: Any) -> str:
    """Of a credential that does not end, the session token is None: handed on, it would be a word, or null."""
    if not isinstance(value, str):
        raise LookupError("no text")
    return value


def _resolver(scope: str, say: Log) -> Callable[[str], str]:
    dbutils: Any = the_dbutils(f"the secret scope {scope}")
    if scope == AMBIENT_SCOPE:
        return ambient(dbutils, say)
    if scope.startswith(CREDENTIAL_SCOPE):
        return service_credential(dbutils, scope.removeprefix(CREDENTIAL_SCOPE), say)
    return lambda key: dbutils.secrets.get(scope=scope, key=key)
