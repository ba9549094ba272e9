"""Service credentials of Unity Catalog, which only Python can obtain: `${secret:service-credential:NAME/KEY}`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from probe_launcher.ambient import utc
from probe_launcher.run import Log

AWS_KEYS = {
    "aws-access-key-id": "access_key",
    "aws-secret-access-key": "secret_key",
    "aws-session-token": "token",
}
#: Followed by the scope that Entra ID is asked for.
AZURE_TOKEN = "azure-token/"
EXPIRES_AT = "expires-at"


def service_credential(dbutils: Any, name: str, say: Log) -> Callable[[str], str]:
    provider = dbutils.credentials.getServiceCredentialsProvider(name)
    if hasattr(provider, "get_credentials"):
        return _aws(provider, name, say)
    if hasattr(provider, "get_token"):
        return _azure(provider, name, say)
    raise TypeError(f"service credential {name} is of a kind that is not known here")


def _aws(session: Any, name: str, say: Log) -> Callable[[str], str]:
    """All of one moment: a key and a session token that were renewed in between do not fit together."""
    credentials = session.get_credentials()
    frozen = credentials.get_frozen_credentials()
    expires = getattr(credentials, "_expiry_time", None)
    expires_at = expires.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(expires, datetime) else None
    _tell(name, expires_at, say)
    return lambda key: (expires_at or "unknown") if key == EXPIRES_AT else getattr(frozen, AWS_KEYS[key])


def _azure(credential: Any, name: str, say: Log) -> Callable[[str], str]:
    ends: list[str] = []

    def value_of(key: str) -> str:
        if key == EXPIRES_AT:
            return min(ends, default="unknown")
        if not key.startswith(AZURE_TOKEN):
            raise KeyError(key)
        token = credential.get_token(key.removeprefix(AZURE_TOKEN))
        ends.append(utc(token.expires_on))
        _tell(name, ends[-1], say)
        return token.token

    return value_of


def _tell(name: str, expires_at: str | None, say: Log) -> None:
    say(f"launcher: the service credential {name} ends {expires_at or 'at a time that it does not say'}")
