"""What is cleared from the texts of Spark: every secret, however it is repeated."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from probe_launcher.spark.settings import Resolver

SECRET = 'p@s/s "wörd"+~!?\\\t>>.'
LINES = [base64.b64encode(bytes(range(n, n + 48))).decode() for n in range(3)]
PEM = "\n".join(["-----BEGIN PRIVATE KEY-----", *LINES, "c2hvcnQ=", "-----END PRIVATE KEY-----", ""])


def knowing(*secrets: str) -> Resolver:
    resolver = Resolver({f"kv/{n}": secret for n, secret in enumerate(secrets)}, Path())
    resolver.settings([f"${{secret:kv/{n}}}" for n in range(len(secrets))])
    return resolver


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").replace("~", "%7E"),
        re.sub("%..", lambda escape: escape[0].lower(), quote(SECRET, safe="")),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        SECRET.encode().hex(),
        re.sub(r"\s+", " ", SECRET),
    ],
)
def test_a_secret_is_cleared_in_each_form_in_which_a_program_repeats_it(form: str) -> None:
    assert knowing(SECRET).redact(f"at <{form}>") == "at <[redacted]>"


@pytest.mark.parametrize(("user", "left"), [("u", "dTp[redacted]k="), ("us", "dXM6[redacted]"), ("use", "dXNlOm[redacted]Q==")])
def test_a_secret_within_basic_credentials_is_cleared_but_for_what_it_shares_with_its_neighbours(user: str, left: str) -> None:
    secret = "correct horse battery"
    assert knowing(secret).redact(base64.b64encode(f"{user}:{secret}".encode()).decode()) == left


@pytest.mark.parametrize("secret", ["x", "pw1", "hunter2"])
def test_a_short_secret_is_cleared_wherever_it_stands_as_the_agent_does_it(secret: str) -> None:
    assert knowing(secret).redact(f"({secret}) 0{secret}0") == "([redacted]) 0[redacted]0"


def test_the_encoded_forms_of_a_short_secret_are_cleared_where_they_tell() -> None:
    assert knowing("a b").redact("a%20b a+b YSBi a") == "[redacted] a+b [redacted] a"


def test_each_line_of_a_key_is_cleared_by_itself() -> None:
    resolver = knowing(PEM)
    for line in LINES:
        assert resolver.redact(f"bad line: {line}") == "bad line: [redacted]"
    assert resolver.redact("-----BEGIN PRIVATE KEY----- is missing") == "-----BEGIN PRIVATE KEY----- is missing"


@pytest.mark.parametrize("kept", [PEM, PEM.strip(), " ".join(PEM.split("\n")), " ".join(PEM.split("\n")).strip(), json.dumps(PEM)[1:-1]])
def test_a_key_is_cleared_as_a_whole_also_on_one_line(kept: str) -> None:
    assert knowing(PEM).redact(f"<{kept}>") == "<[redacted]>"


def test_a_key_with_line_ends_of_windows_is_cleared_too() -> None:
    assert knowing(PEM.replace("\n", "\r\n")).redact(f"<{' '.join(PEM.split())}>") == "<[redacted]>"


def test_secrets_that_overlap_leave_nothing_of_each_other() -> None:
    assert knowing("first-second", "second-third").redact("first-second-third") == "[redacted]"


def test_a_mask_is_not_searched_again() -> None:
    assert knowing("a long password", "red").redact("a long password") == "[redacted]"


def test_an_empty_reference_clears_nothing() -> None:
    assert knowing("").redact("a text") == "a text"


def test_a_secret_that_is_no_valid_text_is_cleared_as_well() -> None:
    assert knowing("half \ud800 of a pair").redact("half \ud800 of a pair") == "[redacted]"
