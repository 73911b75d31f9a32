"""Defines what a setting is, the checks of values (each returns the value to keep or says what is wrong with it), and
the effects of the logging settings."""

import logging
import os
import re
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform as dataclass_transform
else:

    def dataclass_transform(**_options: object) -> Callable[[Any], Any]:
        """Stand in for the decorator of Python 3.11's typing, which only type checkers read."""
        return lambda decorated: decorated


API_PATH = "/api/v2.0"
LOCALHOST = f"http://localhost{API_PATH}"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"

#: The handler that `debug` adds, the same one for all configurations.
_stream_handler: Any = None


class Setting(NamedTuple):
    """One setting of a configuration, whose values are attributes of the instances.

    A comment above its declaration says what it means; the documentation has the same words.

    Attributes:
        check: returns the value to keep, or raises ``ValueError`` or ``TypeError`` with a reason.
        default: the value in a new configuration.
        variable: the environment variable that sets it; for a secret, with ``_FILE`` added, the path of a file with it.
        parse: turns the variable's text into a value for ``check``; ``None`` for what the default's type needs.
        secret: whether it is masked wherever the configuration is shown.
        apply: called with the configuration and the former value when a value was set.
        kw_only: whether the constructor takes it by keyword only.
    """

    check: Callable[[Any], Any]
    default: Any
    variable: str = ""
    parse: Callable[[str], Any] | None = None
    secret: bool = False
    apply: Callable[[Any, Any], None] | None = None
    kw_only: bool = True

    def in_environment(self, environ: Mapping[str, str]) -> Any:
        """The value that the environment has for this setting; ``None`` where it is unset or empty."""
        variable, value = self.variable, environ.get(self.variable)
        path = environ.get(f"{variable}_FILE") if self.secret and variable else None
        if path and value:
            raise ValueError(f"{variable} and {variable}_FILE are both set: set one of them")
        parse = self.parse or _PARSERS.get(type(self.default), str)
        try:
            if path:
                variable += "_FILE"
                value = secret_in(path)
            return self.check(parse(value)) if value else None
        except (ValueError, TypeError, OSError) as error:
            raise ValueError(f"{variable}: {error}") from None


def setting(check: Callable[[Any], Any], **declared: Any) -> Any:
    """Declare a setting in the body of :class:`Configuration`; the arguments are those of :class:`Setting`."""
    return copy(Setting(check, **declared))  # a detour, so that pylint does not take a setting for its value


def state(*, default: Any = None, init: Literal[False] = False) -> Any:
    """Declare an attribute that is not a setting: what the configuration keeps for itself."""
    return default


#: What other programs call some settings.
_OTHER_NAMES = {
    **dict.fromkeys(("ca_cert", "ca_certs", "cacert", "ca_file", "cafile", "ca_bundle"), "ssl_ca_cert"),
    **dict.fromkeys(("proxies", "proxy_url", "http_proxy", "https_proxy"), "proxy"),
    **dict.fromkeys(("verify", "verify_cert", "verify_certs", "ssl_verify", "tls_verify", "insecure"), "verify_ssl"),
    "request_timeout": "timeout",
    **dict.fromkeys(("retry", "max_retries"), "retries"),
    "client_cert": "cert_file",
    "client_key": "key_file",
    "base_url": "host",
    **dict.fromkeys(("maxsize", "pool_maxsize"), "connection_pool_maxsize"),
}


def hint(name: str, settings: Collection[str]) -> str:
    """The setting that an alternative or misspelt name means; ``""`` for other names."""
    from difflib import get_close_matches  # only for names that are not settings

    meant = _OTHER_NAMES.get(name.lower()) or "".join(get_close_matches(name.lower(), settings, n=1, cutoff=0.75))
    return f": did you mean {meant}?" if meant else ""


def secret_in(path: str) -> str:
    """The text of a file that holds a secret, without the line break that editors and ``echo`` leave at its end."""
    try:
        with open(os.path.expanduser(path), encoding="utf-8-sig", newline="") as file:
            content = file.read().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text") from None
    if not content or "\n" in content:
        raise ValueError(f"{path} {'has more than one line' if content else 'is empty'}")
    return content


def _expect(value: Any, kinds: tuple[type, ...], what: str) -> Any:
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
    parts = _parts(address)
    if "@" in parts.netloc:
        raise ValueError("must not contain a user name or password: set username and password")
    if "?" in address or "#" in address:
        raise ValueError("must not contain a query or a fragment")
    beyond = parts.path.partition(API_PATH + "/")[2]
    if beyond:
        raise ValueError(f"has to end with {API_PATH}, and goes on with /{beyond}: it is the base of all paths")
    return address[: len(scheme)].lower() + address[len(scheme) :]


def _parts(address: str) -> SplitResult:
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
    for label in name.split("."):
        lowered = unicodedata.normalize("NFKC", label.lower())
        if not label.isascii() and nameprep(label) != lowered:
            # IDNA 2003, which Python knows, would look up another name than browsers do.
            right = f"xn--{lowered.encode('punycode').decode()}"
            raise ValueError(f"write the part {label} of the host name in its ASCII form, {right}")


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
        given: str = bytes(value).decode() if isinstance(value, (bytes, bytearray)) else _expect(value, (str,), "text")
        given.encode()
    except UnicodeError:
        raise ValueError("not UTF-8") from None
    return given


@optional
def credential(value: Any) -> str:
    """A password or user name, without anything that slipped in by mistake."""
    given = text(value)
    if isinstance(value, str) and value != value.strip():
        raise ValueError("begins or ends with a blank or a line break; if it really does, set it in Python, as bytes")
    if re.search(r"[\r\n\0]", given):
        raise ValueError("contains a line break or a null character")
    return given


@optional
def username(value: Any) -> str:
    """A user name."""
    given: str = credential(value)
    if ":" in given:
        raise ValueError("Basic authentication cannot carry a user name with a colon")
    return given


def boolean(value: Any) -> bool:
    """True or False; 1 or 0 as well, as old scripts have it."""
    if _expect(value, (bool, int), "True or False") not in (0, 1):
        raise ValueError("has to be True or False")
    return bool(value)


def _word(value: str) -> bool:
    """A word for true or false, in an environment variable."""
    lowered = value.strip().lower()
    if lowered not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise ValueError("has to be true or false")
    return lowered in ("1", "true", "yes", "on")


def _number(value: str) -> float:
    """A number, in an environment variable."""
    try:
        return float(value)
    except ValueError:
        raise ValueError("has to be a number") from None


#: How the text of an environment variable is read, by the type of the setting's default.
_PARSERS: dict[type, Callable[[str], Any]] = {bool: _word, float: _number}


@optional
def name_in_certificate(value: Any) -> str | bool | None:
    """A host name; False for any."""
    if value is True or value is False:
        return None if value else False
    name = text(value)
    if not name or re.search(r"[\s/]", name):
        raise ValueError("has to be a host name; None for that of host")
    return name


def path(value: Any) -> str | None:
    """A path, ``~`` expanded."""
    if value is None or value == "":
        return None
    return os.path.expanduser(os.fsdecode(_expect(value, (str, bytes, os.PathLike), "a path")))


def file(value: Any, what: str = "file", exists: Callable[[str], bool] = os.path.isfile) -> str | None:
    """The path of a file that exists."""
    found = path(value)
    if found and not exists(found):
        raise ValueError(f"no such {what}: {found}")
    return found


file_or_folder = partial(file, what="file or folder", exists=os.path.exists)


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
        split_proxy(given)
    return given or None


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")


def split_proxy(value: str) -> tuple[str, dict[str, str], list[str]]:
    """A proxy's URL without user information, the headers that authenticate, and the secrets among them.

    Raises ``ValueError``, which never quotes the URL.
    """
    from importlib.util import find_spec  # only for proxies

    parts = _parts(value if _SCHEME.match(value) else f"http://{value}")
    scheme = parts.scheme
    if scheme not in ("http", "https", "socks5h", "socks5", "socks4a", "socks4"):
        raise ValueError(f"only http, https and socks proxies are supported, not {scheme}")
    if scheme.startswith("socks") and find_spec("socks") is None:
        raise ValueError("a SOCKS proxy requires PySocks: pip install 'harbor-registry-client[socks]'")
    userinfo, _, authority = parts.netloc.rpartition("@")
    bare = f"{scheme}://{authority.lower()}"
    if not userinfo:
        return bare, {}, []
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    token = b64encode(f"{user}:{password}".encode()).decode("ascii")
    return bare, {"Proxy-Authorization": f"Basic {token}"}, [user, password, token.rstrip("=")]


def seconds(value: Any) -> float:
    """A positive number of seconds."""
    if not 0 < _expect(value, (int, float), "a number of seconds") < 1e9:
        raise ValueError("has to be a positive number of seconds")
    return float(value)


def at_least(least: int) -> Callable[[Any], Any]:
    """An integer that is not smaller."""

    def check(value: Any) -> Any:
        if _expect(value, (int,), "an integer") < least:
            raise ValueError(f"has to be at least {least}")
        return value

    return check


def function(value: Any) -> Any:
    """Something to call, or nothing."""
    if value and not callable(value):
        raise TypeError(f"has to be a function, not {type(value).__name__}")
    return value


def keys(value: Any) -> Any:
    """A dictionary; the generated client's scripts may set a text as well."""
    return _expect(value, (Mapping, str), "a dictionary")


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
    for event, functions in _expect(value, (Mapping,), "a dictionary").items():
        checked[event] = functions
    return checked


def apply_debug(configuration: Any, was: bool) -> None:
    """Have the package's logger speak, or fall silent again."""
    global _stream_handler
    logger = configuration.logger.get("package_logger", logging.getLogger("harbor_client"))
    if configuration.debug:
        logger.setLevel(logging.DEBUG)
        if not logger.hasHandlers():
            _stream_handler = _stream_handler or logging.StreamHandler()
            _stream_handler.setFormatter(configuration.logger_formatter)
            logger.addHandler(_stream_handler)
            configuration.logger_stream_handler = _stream_handler
    elif was:
        logger.setLevel(logging.NOTSET)
        logger.removeHandler(_stream_handler)
        configuration.logger_stream_handler = None


def apply_logger_file(configuration: Any, was: str | None) -> None:
    """Have the loggers write to a file, and no longer to the one before."""
    previous, handler = configuration.logger_file_handler, None
    if configuration.logger_file:
        handler = logging.FileHandler(configuration.logger_file)
        handler.setFormatter(configuration.logger_formatter)
    configuration.logger_file_handler = handler
    for logger in configuration.logger.values():
        logger.removeHandler(previous)
        if handler is not None:
            logger.addHandler(handler)
            logger.removeHandler(configuration.logger_stream_handler)
    if previous is not None:
        previous.close()


def apply_logger_format(configuration: Any, was: str) -> None:
    """Make the formatter of handlers that are added from now on."""
    configuration.logger_formatter = logging.Formatter(configuration.logger_format)
