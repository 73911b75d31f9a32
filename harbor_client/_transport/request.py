"""What goes into a request: methods, URLs, content types, JSON bodies."""

from __future__ import annotations

import json
from typing import Any

METHODS = frozenset({"GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"})


def without_userinfo(url: str) -> str:
    """A URL without the user name and password that it may hold."""
    scheme, separator, rest = url.partition("//")
    authority, slash, path = rest.partition("/")
    return scheme + separator + authority.rpartition("@")[2] + slash + path


def settle_content_type(headers: dict[str, Any]) -> None:
    """Give a content type its usual spelling; JSON if there is none."""
    kind = "application/json"
    for name in [name for name in headers if name.lower() == "content-type"]:
        given = headers.pop(name)
        kind = kind if given is None else given
    headers["Content-Type"] = kind


def json_body(method: str, body: Any) -> bytes | None:
    """A body as JSON; ``{}`` where the method requires one and there is none."""
    if body is None:
        return b"{}" if method in ("POST", "PUT", "PATCH") else None
    try:
        return json.dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise type(error)(
            "body: cannot be sent as JSON (a type or a number that JSON does not have, or a cycle)"
        ) from None
