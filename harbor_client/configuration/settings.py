"""Defines what a setting is, how it is read from the environment, and the effects of the logging settings."""

import logging
import os
import re
from collections.abc import Callable, Collection, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform as dataclass_transform
else:

    def dataclass_transform(**_options: object) -> Callable[[Any], Any]:
        """Stand in for the decorator of Python 3.11's typing, which only type checkers read."""
        return lambda decorated: decorated


_QUOTED = re.compile(r"""(["']).*\1""", re.DOTALL)


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
        variable += "_FILE" if path else ""
        try:
            if _QUOTED.fullmatch(path or value or ""):
                raise ValueError("begins and ends with a quotation mark, which is part of the value here: remove both")
            value = secret_in(path) if path else value
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
    "ssl_ca_cert": "ca_cert ca_certs cacert ca_file cafile ca_cert_file ca_bundle ssl_ca_certs",
    "proxy": "proxies proxy_url http_proxy https_proxy",
    "verify_ssl": "verify verify_cert verify_certs verify_tls ssl_verify tls_verify insecure",
    "timeout": "request_timeout",
    "connect_timeout": "connection_timeout",
    "retries": "retry retrys max_retries",
    "cert_file": "client_cert",
    "key_file": "client_key",
    "host": "base_url",
    "connection_pool_maxsize": "maxsize pool_maxsize",
}


def hint(name: str, settings: Collection[str]) -> str:
    """The setting that an alternative or misspelt name means; ``""`` for other names."""
    from difflib import get_close_matches  # only for names that are not settings

    name = name.lower()
    # One letter may be wrong. Names that contain a setting's, such as old_password, mean something else.
    known = [setting for setting in settings if setting not in name or name in (setting, setting + setting[-1])]
    meant = [setting for setting, others in _OTHER_NAMES.items() if name in others.split()]
    meant += get_close_matches(name, known, n=1, cutoff=max(0.75, 1 - 1.01 / len(name)))
    return f": did you mean {meant[0]}?" if meant else ""


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
        raise ValueError("has to be a number, without a unit") from None


#: How the text of an environment variable is read, by the type of the setting's default.
_PARSERS: dict[type, Callable[[str], Any]] = {bool: _word, float: _number}


def apply_debug(configuration: Any, former: bool) -> None:
    """Have the package's logger speak, or fall silent again."""
    logger = configuration.logger.get("package_logger", logging.getLogger("harbor_client"))
    if configuration.debug:
        logger.setLevel(logging.DEBUG)
        if not logger.hasHandlers():
            handler = configuration.logger_stream_handler = vars(logger).setdefault("_debug", logging.StreamHandler())
            handler.setFormatter(configuration.logger_formatter)
            logger.addHandler(handler)
    elif former:
        logger.setLevel(logging.NOTSET)
        logger.removeHandler(vars(logger).pop("_debug", None))
        configuration.logger_stream_handler = None


def apply_logger_file(configuration: Any, former: str | None) -> None:
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


def apply_logger_format(configuration: Any, former: str) -> None:
    """Make the formatter of handlers that are added from now on."""
    configuration.logger_formatter = logging.Formatter(configuration.logger_format)
