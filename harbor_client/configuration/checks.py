"""The checks of settings: each returns the value to keep, or says what is wrong with it."""

from __future__ import annotations

import logging
import os
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import partial
from operator import index
from typing import Any, NamedTuple, SupportsFloat, SupportsIndex
from urllib.parse import SplitResult, unquote, urlsplit

API_PATH = "/api/v2.0"
LOCALHOST = f"http://localhost{API_PATH}"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"


def expect(value: Any, kinds: tuple[Any, ...], what: str) -> Any:
    """The value, if it is of one of these classes; a boolean is no number."""
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise TypeError(f"has to be {what}, not {type(value).__name__}")
    return value


def url(value: Any) -> str:
    """The base URL of the API."""
    if value is None:
        raise TypeError("has to be a URL, not None; is the variable that it comes from unset?")
    address = text(value).strip().rstrip("/")
    scheme, separator, _ = address.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise ValueError("has to begin with http:// or https://")
    parts = url_parts(address)
    if "@" in parts.netloc:
        raise ValueError("must not contain a username or password: set username and password")
    if "?" in address or "#" in address:
        raise ValueError("must not contain a query or a fragment")
    beyond = parts.path.partition(API_PATH + "/")[2]
    if beyond:
        raise ValueError(f"has to end with {API_PATH}, and goes on with /{beyond}: it is the base of all paths")
    return address[: len(scheme)].lower() + address[len(scheme) :]


def url_parts(address: str) -> SplitResult:
    """The parts of an absolute URL; raises ``ValueError``, which never quotes it."""
    if re.search(r"[\x00-\x20\x7f]", address):
        raise ValueError("contains a space or a control character")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("not a valid URL") from None
    if not host or port == 0 or re.search(r":$|\][^:]|[\\$<>{}|^]", parts.netloc.rpartition("@")[2]):
        raise ValueError("not a valid URL")
    check_host_name(host)
    return parts


def check_host_name(name: str) -> None:
    """Refuse a name that is not valid, or that other programs would look up as another one."""
    import unicodedata  # what few names need costs no import time
    from encodings.idna import nameprep

    try:
        name.encode("idna")
    except UnicodeError:
        raise ValueError("not a valid host name") from None
    for label in re.split("[.\u3002\uff0e\uff61]", name):
        # Letter by letter, as str.lower() writes a capital sigma differently at the end of a word.
        lowered = "".join(map(str.lower, unicodedata.normalize("NFKC", label)))
        if not label.isascii() and nameprep(label) != lowered:
            # IDNA 2003, which Python knows, would look up another name than browsers do.
            raise ValueError(f"write {label!r} in its ASCII form, xn--{lowered.encode('punycode').decode()}")


def with_path(value: str) -> str:
    """A base URL, to which the API's path is added if it has none."""
    checked = url(value)
    return checked if urlsplit(checked).path else checked + API_PATH


def optional(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``None``, or what passes another check."""
    return lambda value: None if value is None else check(value)


def text(value: Any) -> str:
    """Text, or UTF-8 bytes."""
    try:
        given: str = bytes(value).decode() if isinstance(value, (bytes, bytearray)) else expect(value, (str,), "text")
        given.encode()
    except UnicodeError:
        raise ValueError("not UTF-8") from None
    return given


@optional
def credential(value: Any) -> str:
    """A password or username, without anything that slipped in by mistake."""
    given = text(value)
    if re.search(r"[\r\n\0]", given):
        raise ValueError("contains a line break or a null character, perhaps at its end: remove it")
    if isinstance(value, str) and (value != value.strip() or not (value[:1] + value[-1:]).isprintable()):
        what = "a blank or an invisible character"
        raise ValueError(f"begins or ends with {what}; if it really does, set it in Python, as bytes")
    return given


@optional
def username(value: Any) -> str:
    """A username."""
    given: str = credential(value)
    if ":" in given:
        raise ValueError("Basic authentication cannot carry a username with a colon")
    return given


def boolean(value: Any) -> bool:
    """True or False; 1 or 0 as well, as old scripts have it."""
    if expect(value, (bool, int), "True or False") not in (0, 1):
        raise ValueError("has to be True or False")
    return bool(value)


@optional
def name_in_certificate(value: Any) -> str | bool | None:
    """A host name; False for any."""
    if isinstance(value, int):
        return None if boolean(value) else False
    name = text(value)
    if not name or re.search(r"[\s/]", name):
        raise ValueError("has to be a host name; None for that of host")
    return name


def path(value: Any) -> str | None:
    """A path, ``~`` expanded."""
    if value is None or value == "":
        return None
    return os.path.expanduser(os.fsdecode(expect(value, (str, bytes, os.PathLike), "a path")))


def file(value: Any, what: str = "file", exists: Callable[[str], bool] = os.path.isfile) -> str | None:
    """The path of a file that exists."""
    found = path(value)
    if found and not exists(found):
        raise ValueError(f"no such {what}: {found}")
    return found


file_or_folder: Callable[[Any], str | None] = partial(file, what="file or folder", exists=os.path.exists)


def log_format(value: Any) -> str:
    """A format of log lines."""
    logging.Formatter(text(value))
    return text(value)


def log_file(value: Any) -> str | None:
    """The path of a file that can be written to."""
    found = path(value)
    try:
        if found:
            open(found, "a").close()
    except OSError as error:
        raise ValueError(f"cannot write to {found}: {error.strerror}") from None
    return found


@optional
def proxy(value: Any) -> str | None:
    """The URL of a proxy."""
    given = text(value)
    if given:
        Proxy.at(given)
    return given or None


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")


class Proxy(NamedTuple):
    """A proxy: its URL without user information, and the credentials for it, empty where there are none."""

    url: str
    username: str
    password: str

    @classmethod
    def at(cls, address: str) -> Proxy:
        """The proxy with this URL; raises ``ValueError``, which never quotes it."""
        from importlib.util import find_spec  # only for proxies

        parts = url_parts(text(address if _SCHEME.match(address) else f"http://{address}"))
        scheme, authority = parts.scheme, parts.netloc.rpartition("@")[2].lower()
        if scheme not in ("http", "https", "socks5h", "socks5", "socks4a", "socks4"):
            raise ValueError(f"only http, https and socks proxies are supported, not {scheme}")
        if scheme.startswith("socks") and find_spec("socks") is None:
            raise ValueError("a SOCKS proxy requires PySocks: pip install 'harbor-registry-client[socks]'")
        return cls(f"{scheme}://{authority}", unquote(parts.username or ""), unquote(parts.password or ""))

    def __repr__(self) -> str:
        return f"Proxy({self.url!r})"

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that authenticate."""
        token = b64encode(f"{self.username}:{self.password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {token}"} if self.username or self.password else {}


def seconds(value: Any) -> float:
    """A positive number of seconds."""
    number = float(expect(value, (SupportsFloat,), "a number of seconds"))
    if not 0 < number < 1e9:
        raise ValueError("has to be a positive number of seconds")
    return number


def at_least(least: int) -> Callable[[Any], Any]:
    """An integer that is not smaller."""

    def check(value: Any) -> Any:
        number = index(expect(value, (SupportsIndex,), "an integer"))
        if number < least:
            raise ValueError(f"has to be at least {least}")
        return number

    return check


def function(value: Any) -> Any:
    """Something to call, or nothing."""
    if value and not callable(value):
        raise TypeError(f"has to be a function, not {type(value).__name__}")
    return value


def keys(value: Any) -> Any:
    """A dictionary; the generated client's scripts may set a text as well."""
    return expect(value, (Mapping, str), "a dictionary")


_CO_COROUTINE = 0x80  # inspect's, which takes long to import


class Hooks(dict[str, list[Callable[[Any], object]]]):
    """Lists of functions by event, which are checked as they are set."""

    def __setitem__(self, event: str, functions: Any) -> None:
        if event not in ("request", "response", "error"):
            raise ValueError(f"events are request, response and error, not {event!r}")
        if not isinstance(functions, (list, tuple)) or not all(map(callable, functions)):
            raise TypeError(f"{event}: has to be a list of functions")
        if any(getattr(getattr(hook, "__code__", None), "co_flags", 0) & _CO_COROUTINE for hook in functions):
            raise TypeError(f"{event}: a hook is called, not awaited, so it cannot be async")
        super().__setitem__(event, list(functions))


def hooks(value: Any) -> Hooks:
    """Lists of functions by event."""
    checked = Hooks(request=[], response=[], error=[])
    for event, functions in expect(value, (Mapping,), "a dictionary").items():
        checked[event] = functions
    return checked
