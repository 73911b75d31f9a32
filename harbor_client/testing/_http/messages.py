"""A request as it arrived, a response as it goes out. Header values are text of one character a byte (Latin-1)."""

import re

from .._errors import Failure
from .._go.json import json_text
from .._go.text import escape_path, split_query, to_bytes, to_text, unescape_path

BASE_PATH = "/api/v2.0"
_SLASHES = re.compile("/+")
_COOKIE_VALUE = re.compile(r'"([ !#-:<-\[\]-~]*)"|([ !#-:<-\[\]-~]*)')
_PLAIN_PATH = re.compile(r"[0-9A-Za-z/\-._~]*")


class Request:
    """One HTTP request, whole and well-formed.

    Args:
        method: as sent, in any case.
        target: path and query as sent.
        headers: names in lower case, each with its values in order.
        body: without any transfer coding.
    """

    __slots__ = ("body", "escaped_path", "headers", "method", "path", "query", "target")

    def __init__(self, method: str, target: str, headers: dict[str, list[str]], body: bytes) -> None:
        self.method: str = method
        self.target: str = target
        self.headers: dict[str, list[str]] = headers
        self.body: bytes = body
        self.query: str
        raw_path, _, self.query = target.partition("?")
        self.path: str
        self.escaped_path: str
        #: The path decoded, with adjacent slashes merged, and how it is written again.
        if _PLAIN_PATH.fullmatch(raw_path) and "//" not in raw_path:
            self.path = self.escaped_path = raw_path
        else:
            self.path = _SLASHES.sub("/", unescape_path(raw_path))
            self.escaped_path = escape_path(self.path, raw_path)

    def header(self, name: str) -> str:
        """The first value of a header (its name in lower case), ``""`` when it is not there."""
        return self.headers.get(name, [""])[0]

    def pairs(self) -> list[tuple[str, str]]:
        """The query's pairs, without those that are malformed."""
        return split_query(self.query)[0] if self.query else []

    def cookie(self, name: str) -> str | None:
        """The value of a cookie, None when it was not sent. Go takes a bare name for an empty value, and ignores a
        value with characters that do not belong there."""
        for line in self.headers.get("cookie", ()):
            for part in line.split(";"):
                key, _, value = part.strip(" \t").partition("=")
                if key.rstrip(" \t") == name and (match := _COOKIE_VALUE.fullmatch(value)):
                    return match[1] or match[2] or ""
        return None


class Response:
    """One response; the server adds Date and the length.

    `close` breaks the connection off: ``before`` or ``after`` without a byte, ``during`` half-way.
    """

    __slots__ = ("body", "close", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.status: int = status
        self.body: bytes = body
        self.headers: dict[str, str] = {} if headers is None else headers
        self.close: str | None = None


def json_response(value: object, **headers: str) -> Response:
    """200 with a value; header names are given with underscores."""
    response = Response(200, json_text(value, escape_html=False) + b"\n", {"Content-Type": "application/json"})
    response.headers.update({name.replace("_", "-"): header_value(text) for name, text in headers.items() if text})
    return response


def failure_response(failure: Failure) -> Response:
    """An error in Harbor's form. From 500 on, the reason is withheld."""
    code, message = failure.code, failure.message
    if failure.status >= 500:
        code, message = "UNKNOWN", "internal server error"
    body = json_text({"errors": [{"code": code, "message": message}]}, escape_html=True) + b"\n"
    return Response(failure.status, body, {"Content-Type": "application/json; charset=utf-8"})


def header_value(text: str) -> str:
    """`text` as it can stand in a header: its UTF-8 bytes, line breaks replaced by spaces."""
    raw = to_bytes(text).decode("latin-1")
    return raw.replace("\r", " ").replace("\n", " ").strip(" \t")


def wire_text(value: str) -> str:
    """A header's value (one character a byte) as text."""
    return to_text(value.encode("latin-1"))
