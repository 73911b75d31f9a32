"""The parts and the bytes of a request: path, request line, checked header fields, encoded body."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_ILLEGAL_IN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_ILLEGAL_IN_TARGET = re.compile(r"[^\x21-\x7e]|[\"<>\\^`{|}]")
_ORIGIN = re.compile(r"[A-Za-z]+://[^/?#]+")
#: What stays as it is when the rest of a target is percent-encoded.
_KEPT_IN_TARGET = "%/:=&?~+!$,;'@()*[]"
#: Methods whose requests say how long their body is even if there is none.
_WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})


def message(method: str, target: str, authority: str, headers: Mapping[str, Any], body: bytes | None) -> bytes:
    """A whole HTTP/1.1 request.

    Raises ``ValueError`` or ``TypeError``, neither of which repeats the value, for header fields that cannot be sent.
    """
    if _ILLEGAL_IN_TARGET.search(target) is not None:
        target = quote(target, safe=_KEPT_IN_TARGET)
    lines = [f"{method} {target} HTTP/1.1"]
    host, coding = f"Host: {authority}", "Accept-Encoding: identity"
    for name, value in headers.items():
        if value.__class__ is not str:
            if value is None:
                continue
            if isinstance(value, (list, tuple, dict)):
                raise TypeError(f"header {_shown(name)}: has to be text, not {type(value).__name__}")
            value = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        if _ILLEGAL_IN_VALUE.search(value) is not None or _NAME.fullmatch(name) is None:
            raise ValueError(f"header {_shown(name)}: a control character in its name or value")
        lowered = name.lower()
        if lowered == "host":
            host = f"Host: {value}"
        elif lowered == "accept-encoding":
            coding = f"Accept-Encoding: {value}"
        elif lowered not in ("content-length", "transfer-encoding"):
            lines.append(f"{name}: {value}")
    lines[1:1] = (host, coding)
    if body is not None or method in _WITH_LENGTH:
        lines.append(f"Content-Length: {len(body or b'')}")
    lines.append("\r\n")
    try:
        head = "\r\n".join(lines).encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"header {_not_latin(headers)}: only Latin-1 characters can be sent") from None
    return head + body if body else head


def split_url(url: str) -> tuple[str, str]:
    """The origin of an absolute URL, and what is requested from it: a path, with its query."""
    end = url.find("/", 8)
    if end < 0 or "?" in url[:end] or "#" in url[:end]:
        origin = _ORIGIN.match(url)
        if origin is None:
            raise ValueError("not an absolute URL")
        end = origin.end()
    target = url[end:].partition("#")[0]
    return url[:end], target if target.startswith("/") else f"/{target}"


def filled(template: str, pairs: list[tuple[Any, Any]], safe: str) -> str:
    """A path with its parameters put in, percent-encoded but for the safe characters.

    Raises ``ValueError`` for a value that is missing, or would make it another path.
    """
    for name, value in pairs:
        if value is None:
            raise ValueError(f"Missing the required parameter `{name}`")
        segment = quote(str(value), safe=safe)
        if not segment or any(part in (".", "..") for part in segment.split("/")):
            raise ValueError(f"Invalid value for parameter `{name}`: it would lead to another path")
        template = template.replace(f"{{{name}}}", segment)
    return template


def put_field(headers: dict[str, Any], spelled: dict[str, str], name: str, value: Any) -> None:
    """Set a header field whatever the case of its name."""
    lowered = name.lower()
    before = spelled.get(lowered)
    if before is not None and before != name:
        del headers[before]
    spelled[lowered] = name
    headers[name] = value


def settle_content_type(headers: dict[str, Any]) -> None:
    """Bring a content type to its usual spelling; JSON if there is none."""
    kind = "application/json"
    for name in [name for name in headers if name.lower() == "content-type"]:
        given = headers.pop(name)
        kind = kind if given is None else given
    headers["Content-Type"] = kind


def keywords_of(method: str, url: str, body: bytes | None) -> tuple[str, dict[str, Any]]:
    """A request as scripts expect to see it in their own ``pool_manager.request``: its URL, and keywords for the rest.

    The query of a GET or HEAD is in ``fields``, unless its pairs would be written in another way; text is text.
    """
    if method in ("GET", "HEAD"):
        path, _, query = url.partition("?")
        fields = parse_qsl(query, keep_blank_values=True)
        return (path, {"fields": fields}) if urlencode(fields) == query else (url, {"fields": []})
    if body is None:
        return url, {}
    try:
        return url, {"body": body.decode()}
    except UnicodeDecodeError:
        return url, {"body": body}


def content(method: str, headers: dict[str, Any], body: Any, post_params: Any) -> bytes | None:
    """The encoded body of a request; may complete ``headers["Content-Type"]`` (a form's boundary).

    JSON where the content type says so; form fields as form; text and bytes as they are.
    """
    kind = str(headers["Content-Type"])
    if "json" in kind.lower():
        if body is None:
            return b"{}" if method in ("POST", "PUT", "PATCH") else None
        try:
            return json.dumps(body, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise type(error)(f"body: cannot be sent as JSON ({_json_complaint(error)})") from None
    if kind == "application/x-www-form-urlencoded":
        return urlencode(post_params or {}).encode()
    if kind == "multipart/form-data":
        from urllib3 import encode_multipart_formdata

        data, headers["Content-Type"] = encode_multipart_formdata(post_params or {})
        return data
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if body is None and not post_params:
        return None
    raise ValueError("Cannot prepare a request message for provided arguments: they do not match the content type")


def _json_complaint(error: Exception) -> str:
    if isinstance(error, TypeError):
        return "a value of a type that JSON does not have"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number that JSON does not have, or a cycle"


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) is not None else "?"


def _not_latin(headers: Mapping[str, Any]) -> str:
    for name, value in headers.items():
        try:
            str(value).encode("latin-1")
        except UnicodeEncodeError:
            return _shown(name)
    return "?"
