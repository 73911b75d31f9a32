"""A request as the transport carries it out: method, URL, header fields and an encoded body."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from harbor_client._transport.http1 import Deadline

METHODS = frozenset({"GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"})

_ORIGIN = re.compile(r"[A-Za-z]+://[^/?#]+")


class Request:
    """One request, complete and encoded.

    Attributes:
        url: the absolute URL; a redirect that is followed changes it.
        content: the encoded body.
        body: the body before it was encoded, where its secrets are found by name.
        deadline, connect_timeout: the bounds of the call; set when it begins.
    """

    __slots__ = ("body", "connect_timeout", "content", "deadline", "headers", "method", "transport", "url")

    def __init__(self, method: str, url: str, headers: dict[str, Any], content: bytes | None, body: Any) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.content = content
        self.body = body
        self.deadline: Deadline
        self.connect_timeout: float | None
        #: The transport that carries it out.
        self.transport: Any = None

    def header(self, lowered: str) -> Any:
        """The value of a header field, by its name in lower case; ``None`` without one."""
        for name, value in self.headers.items():
            if name.lower() == lowered:
                return value
        return None


def split_url(url: str) -> tuple[str, str]:
    """The origin of an absolute URL, and its path with the query."""
    end = url.find("/", 8)
    if end < 0 or "?" in url[:end] or "#" in url[:end]:
        origin = _ORIGIN.match(url)
        if origin is None:
            raise ValueError("not an absolute URL")
        end = origin.end()
    target = url[end:].partition("#")[0]
    return url[:end], target if target.startswith("/") else f"/{target}"


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
    except TypeError:
        raise TypeError("body: cannot be sent as JSON (a value of a type that JSON does not have)") from None
    except ValueError:
        raise ValueError("body: cannot be sent as JSON (a number that JSON does not have, or a cycle)") from None
    except RecursionError:
        raise RecursionError("body: cannot be sent as JSON (nested too deeply)") from None
