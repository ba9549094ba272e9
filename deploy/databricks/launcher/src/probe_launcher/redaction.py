"""Clears a text of secrets, in each form in which a program might repeat one; the forms are those that the agent searches for."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"
#: A shorter piece of an encoded value is found in any text.
SHORTEST_ENCODED = 4
#: A shorter line of a longer secret is not known by itself.
SHORTEST_LINE = 16

#: Beside the unreserved characters (RFC 3986 2.3), by what encodes it.
LEFT_ALONE = ("", "/", "*", "!'()*")
PERCENT = re.compile("%[0-9A-F]{2}")


def forms_of(secret: str) -> frozenset[str]:
    """A PEM block is often quoted in part, on one line, or without the line feed of its file."""
    lines = [line for line in secret.splitlines() if len(line) >= SHORTEST_LINE and not line.startswith("-----")]
    pieces = {secret, secret.strip(), re.sub(r"\s+", " ", secret), re.sub(r"\s+", " ", secret).strip(), *lines}
    return frozenset(form for piece in pieces if piece for form in _forms(piece))


def cleared(text: str, forms: Iterable[str]) -> str:
    """All at once, so that secrets which overlap leave nothing of each other, and no mask is searched again, one that stands there already neither."""
    done, parts = 0, []
    for start, end in _joined(span for form in {REDACTED, *forms} for span in _found(form, text)):
        parts += [text[done:start], REDACTED]
        done = end
    return "".join([*parts, text[done:]])


def _forms(piece: str) -> set[str]:
    in_url = {encode(piece, safe=safe, errors="replace") for encode in (quote, quote_plus) for safe in LEFT_ALONE}
    # forms escape the tilde as well (WHATWG URL, application/x-www-form-urlencoded)
    in_url |= {form.replace("~", "%7E") for form in in_url}
    in_json = {json.dumps(piece, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    # basic credentials may hold the value as a form carries it (RFC 6749 2.3.1); Windows counts in UTF-16
    contents = [*(text.encode(errors="replace") for text in (piece, *in_url)), piece.encode("utf-16-le", "replace")]
    in_base64 = {form for content in contents for form in _base64(content)}
    in_hex = {form for content in (contents[0], contents[-1]) for form in (content.hex(), content.hex().upper())}
    lower = {PERCENT.sub(lambda escape: escape[0].lower(), form) for form in in_url}
    return {piece} | {form for form in in_json | in_url | lower | in_base64 | in_hex if len(form) >= SHORTEST_ENCODED}


def _base64(content: bytes) -> Iterator[str]:
    """At each of the three alignments, less the characters that its neighbours share; and by itself, with and without padding."""
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + content).decode()
        shared = text[-(-shift * 8 // 6) : (shift + len(content)) * 8 // 6]
        yield from (shared, shared.replace("+", "-").replace("/", "_"))
    for whole in (base64.b64encode(content), base64.urlsafe_b64encode(content)):
        yield from (whole.decode(), whole.decode().rstrip("="))


def _found(form: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(form)
    while start != -1:
        yield start, start + len(form)
        start = text.find(form, start + 1)


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last
