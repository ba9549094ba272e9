"""References, and what they become: scopes of dbutils, the ambient token, service credentials."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from conftest import DBUTILS
from probe_launcher.ambient import expiry_of
from probe_launcher.secrets import references_in, resolve


def jwt(claims: object) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{encoded}.c2ln"


TOKEN = jwt({"exp": 1893553445})


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged; and there is a dbutils."""
    known = {"secrets": {"kv/sql": "the sql password", "databricks/other": "of a scope of that name"}, "token": TOKEN}
    (tmp_path / "known.json").write_text(json.dumps(known))
    for name in ("databricks", "databricks.sdk", "databricks.sdk.runtime"):
        module = ModuleType(name)
        module.__file__ = str(tmp_path / "__init__.py")
        monkeypatch.setitem(sys.modules, name, module)
    exec(DBUTILS, sys.modules["databricks.sdk.runtime"].__dict__)
    return []


def test_references_are_found_once_and_in_order() -> None:
    config = "a: ${secret:kv/sql}\nb: x${secret:kv/b}y${secret:kv/sql}\nc: $${secret:kv/no}\nd: ${env:E} ${secret:alone}"
    assert references_in(config) == ["kv/sql", "kv/b"]


def test_scopes_are_read_through_dbutils(said: list[str]) -> None:
    assert resolve("${secret:kv/sql}", said.append) == {"kv/sql": "the sql password"}
    assert said == []


def test_a_secret_that_cannot_be_had_is_named_and_left_out(said: list[str]) -> None:
    assert resolve("${secret:kv/sql} ${secret:kv/none}", said.append) == {"kv/sql": "the sql password"}
    assert said == ["launcher: the secret kv/none cannot be had (KeyError)"]


def test_without_dbutils_the_secret_is_named() -> None:
    said: list[str] = []
    assert resolve("${secret:kv/sql}", said.append) == {}
    assert said == ["launcher: the secret kv/sql cannot be had (LauncherError)"]


def test_the_ambient_token_comes_with_its_expiry(said: list[str]) -> None:
    found = resolve("${secret:databricks/ambient-token} ${secret:databricks/ambient-token-expires-at}", said.append)
    assert found == {
        "databricks/ambient-token": TOKEN,
        "databricks/ambient-token-expires-at": "2030-01-02T03:04:05Z",
    }
    assert said == ["launcher: the ambient token of this task ends 2030-01-02T03:04:05Z"]


def test_a_scope_may_be_called_databricks_as_well(said: list[str]) -> None:
    assert resolve("${secret:databricks/other}", said.append) == {"databricks/other": "of a scope of that name"}


@pytest.mark.parametrize("token", ["dapi0123456789", "a.b.c", jwt({}), jwt("text"), jwt({"exp": "soon"}), ""])
def test_an_opaque_token_says_nothing_of_its_end(token: str) -> None:
    assert expiry_of(token) is None


def test_a_service_credential_of_aws_is_of_one_moment(said: list[str]) -> None:
    scope = "service-credential:lake"
    keys = ["aws-access-key-id", "aws-secret-access-key", "aws-session-token", "expires-at"]
    found = resolve(" ".join(f"${{secret:{scope}/{key}}}" for key in keys), said.append)
    assert list(found.values()) == ["AKIA", "the aws secret key", "the aws session token", "2030-01-02T03:04:05Z"]
    assert said == ["launcher: the service credential lake ends 2030-01-02T03:04:05Z"]


def test_a_service_credential_of_azure_is_asked_for_the_scope(said: list[str]) -> None:
    name = "service-credential:vault/azure-token/https://storage.example/.default"
    expires = "service-credential:vault/expires-at"
    found = resolve(f"${{secret:{expires}}} ${{secret:{name}}}", said.append)
    assert found == {name: "a token for https://storage.example/.default", expires: "2030-01-02T03:04:05Z"}
    assert said == ["launcher: the service credential vault ends 2030-01-02T03:04:05Z"]


def test_no_value_is_ever_logged(said: list[str]) -> None:
    resolve("${secret:kv/sql} ${secret:databricks/ambient-token} ${secret:service-credential:lake/aws-session-token}", said.append)
    for value in ("the sql password", TOKEN, "the aws session token"):
        assert value not in "".join(said)


@pytest.mark.parametrize(
    ("key", "why"),
    [("aws-session-token", "LookupError"), ("aws-account-id", "KeyError"), ("azure-token/scope", "KeyError"), ("", "KeyError")],
)
def test_what_a_service_credential_of_aws_lacks_is_named_and_left_out(said: list[str], key: str, why: str) -> None:
    kept = "service-credential:static/aws-access-key-id"
    found = resolve(f"${{secret:service-credential:static/{key}}} ${{secret:{kept}}}", said.append)
    assert found == {kept: "AKIA"}
    assert said == [
        "launcher: the service credential static ends at a time that it does not say",
        f"launcher: the secret service-credential:static/{key} cannot be had ({why})",
    ]


@pytest.mark.parametrize("value", [None, 7, ["a"], b"bytes"])
def test_a_secret_that_is_no_text_is_named_and_left_out(said: list[str], value: object) -> None:
    runtime = sys.modules["databricks.sdk.runtime"]
    runtime.__dict__["_known"]["secrets"]["kv/odd"] = value
    assert resolve("${secret:kv/odd} ${secret:kv/sql}", said.append) == {"kv/sql": "the sql password"}
    assert said == ["launcher: the secret kv/odd cannot be had (LookupError)"]
