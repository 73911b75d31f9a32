"""The checks of single settings: each takes a value and gives the one to keep, or raises without naming the setting."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

API_PATH = "/api/v2.0"
DEFAULT_HOST = f"http://localhost{API_PATH}"


def _host(value: Any) -> str:
    text = _text(value)
    if text is None:
        return DEFAULT_HOST
    text = text.strip().rstrip("/")
    if re.search(r"[\x00-\x20\x7f\\]", text):
        raise ValueError("holds a space or a control character")
    scheme, separator, _ = text.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise ValueError("has to begin with http:// or https://")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("not a valid URL") from None
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name or password: set username and password")
    if "?" in text or "#" in text:
        raise ValueError("must not hold a query or a fragment")
    if not parts.hostname or port == 0 or parts.netloc.endswith(":") or re.search(r"\][^:]", parts.netloc):
        raise ValueError("not a valid URL")
    try:
        parts.hostname.encode("idna")
    except UnicodeError:
        raise ValueError("not a valid host name") from None
    return text[: len(scheme)].lower() + text[len(scheme) :]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        import six

        try:
            return six.ensure_text(bytes(value))
        except UnicodeDecodeError:
            raise ValueError("not UTF-8") from None
    raise TypeError(f"has to be text, not {type(value).__name__}")


def _username(value: Any) -> str | None:
    text = _text(value)
    if text and ":" in text:
        raise ValueError("Basic authentication cannot carry a user name with a colon")
    return _encodable(text)


def _password(value: Any) -> str | None:
    return _encodable(_text(value))


def _encodable(text: str | None) -> str | None:
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        raise ValueError("cannot be encoded as UTF-8") from None
    return text


def _name_in_certificate(value: Any) -> str | bool | None:
    if isinstance(value, bool):
        return None if value else False
    return _text(value)


def _file(value: Any) -> str | None:
    path = _path(value)
    if path and not os.path.isfile(path):
        raise ValueError(f"no such file: {path}")
    return path


def _authorities(value: Any) -> str | None:
    path = _path(value)
    if path and not os.path.exists(path):
        raise ValueError(f"no such file or folder: {path}")
    return path


def _path(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, bytes, os.PathLike)):
        raise TypeError(f"has to be a path, not {type(value).__name__}")
    return os.path.expanduser(os.fsdecode(value))


def _proxy(value: Any) -> str | None:
    text = _text(value)
    if text:
        from harbor_client._transport.proxies import split_proxy

        try:
            split_proxy("", text)
        except ValueError as error:
            raise ValueError(str(error).removeprefix(": ")) from None
    return text or None


def _positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"has to be a number of seconds, not {type(value).__name__}")
    if not 0 < value < 1e9:
        raise ValueError("has to be a positive number of seconds")
    return float(value)


def _positive_or_none(value: Any) -> float | None:
    return None if value is None else _positive(value)


def _count(least: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"has to be an integer, not {type(value).__name__}")
        if value < least:
            raise ValueError(f"has to be at least {least}")
        return value

    return check


def _pool_size(value: Any) -> int | None:
    return None if value is None else _count(1)(value)


def _url_with_api_path(value: str) -> str:
    host = _host(value)
    return host if urlsplit(host).path else host + API_PATH


def _truth(value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in ("1", "true", "yes", "on"):
        return True
    if lowered in ("0", "false", "no", "off"):
        return False
    raise ValueError("has to be true or false")


def _number(value: str) -> float:
    try:
        return _positive(float(value))
    except ValueError:
        raise ValueError("has to be a positive number of seconds") from None


CHECKS: dict[str, Callable[[Any], Any]] = {
    "host": _host,
    "username": _username,
    "password": _password,
    "ssl_ca_cert": _authorities,
    "cert_file": _file,
    "key_file": _file,
    "key_password": _password,
    "assert_hostname": _name_in_certificate,
    "proxy": _proxy,
    "timeout": _positive,
    "connect_timeout": _positive_or_none,
    "retries": _count(0),
    "max_response_bytes": _count(1),
    "connection_pool_maxsize": _pool_size,
}

VARIABLES: list[tuple[str, str, Callable[[str], Any]]] = [
    ("HARBOR_URL", "host", _url_with_api_path),
    ("HARBOR_USERNAME", "username", str),
    ("HARBOR_PASSWORD", "password", str),
    ("HARBOR_CA_CERT", "ssl_ca_cert", str),
    ("HARBOR_VERIFY_SSL", "verify_ssl", _truth),
    ("HARBOR_TIMEOUT", "timeout", _number),
]
