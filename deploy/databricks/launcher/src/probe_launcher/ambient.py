"""The token that the platform gave this task, and when it ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from probe_launcher.run import Log

TOKEN = "ambient-token"
EXPIRES_AT = "ambient-token-expires-at"


def ambient(dbutils: Any, say: Log) -> Callable[[str], str]:
    """Resolves `databricks/ambient-token` and `databricks/ambient-token-expires-at`; other keys are those of a scope of that name."""
    token: str | None = None

    def value_of(key: str) -> str:
        nonlocal token
        if key not in (TOKEN, EXPIRES_AT):
            return dbutils.secrets.get(scope="databricks", key=key)
        if token is None:
            token = _token(dbutils)
            say(f"launcher: the ambient token of this task ends {expiry_of(token) or 'at a time that it does not say'}")
        return token if key == TOKEN else expiry_of(token) or "unknown"

    return value_of


def _token(dbutils: Any) -> str:
    context = dbutils.notebook.entry_point.getDbutils().notebook().getContext()
    return context.apiToken().get()


def expiry_of(token: str) -> str | None:
    """The claim `exp` of a JWT (RFC 7519 4.1.4), as a time in UTC; None of an opaque token."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return utc(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
