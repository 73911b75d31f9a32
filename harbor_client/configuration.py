"""Where Harbor is, who calls it, TLS, proxies and time: read by every layer, checked when it is set."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, cast

from harbor_client._privacy.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

__all__ = ["Configuration"]

_STREAM_HANDLER: logging.Handler | None = None


class Configuration:
    """The settings of a client.

    A new configuration is a copy of the default one where :meth:`set_default` has set one. Every setting can be given
    by keyword or set as an attribute; wrong values are a ``ValueError`` or ``TypeError`` that names the setting.

    Args:
        host: base URL, with ``/api/v2.0``; no user information, query or fragment.
        username: for Basic authentication; without one (``None`` or ``""``) no ``Authorization`` header is sent.
        password: for Basic authentication, sent as UTF-8.
        settings: any other setting of this class, by its name.
    """

    _default: Configuration | None = None

    #: Base URL of the API, without a slash at its end.
    host: str
    #: User name for Basic authentication. It cannot hold a colon.
    username: str | None
    #: Password for Basic authentication.
    password: str | None
    #: Keys for :meth:`get_api_key_with_prefix`, by identifier.
    api_key: dict[str, str]
    #: What stands before an API key, such as ``"Bearer"``, by identifier.
    api_key_prefix: dict[str, str]
    #: Called with the configuration before an API key is read.
    refresh_api_key_hook: Callable[[Configuration], None] | None
    #: Folder for downloaded files; ``None`` for the system's.
    temp_folder_path: str | None
    #: Whether the server's certificate is verified.
    verify_ssl: bool
    #: Certificate authorities to trust: a PEM file, or a folder of hashed ones. ``None``: see ``use_system_ca``.
    ssl_ca_cert: str | None
    #: Client certificate, a PEM file.
    cert_file: str | None
    #: Its private key, a PEM file; ``None`` if ``cert_file`` holds it.
    key_file: str | None
    #: The password of the private key.
    key_password: str | None
    #: The host name to expect in the certificate; ``False`` for any; ``None`` for that of ``host``.
    assert_hostname: str | bool | None
    #: Trust the system's certificate store rather than certifi's.
    use_system_ca: bool
    #: URL of a proxy. Set by hand it goes before the environment's.
    proxy: str | None
    #: Read ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY``, ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``.
    trust_env: bool
    #: Seconds for a whole call: name look-up to last byte, repeats and waits included.
    timeout: float
    #: Seconds for opening a connection (name look-up, TCP, proxy, TLS); ``None`` for no bound but ``timeout``.
    connect_timeout: float | None
    #: How often a GET is repeated after a failure that may pass. Writes never are.
    retries: int
    #: Bytes of an answer's body, after decompression, that are accepted at most.
    max_response_bytes: int
    #: Idle connections that are kept.
    connection_pool_maxsize: int | None
    #: Check arguments against the API's limits before sending.
    client_side_validation: bool
    #: Characters that are not percent-encoded in path parameters.
    safe_chars_for_path_param: str

    @guarded
    def __init__(
        self,
        host: str | None = None,
        username: str | None = None,
        password: str | None = None,
        *,
        verify_ssl: bool | None = None,
        ssl_ca_cert: str | os.PathLike[str] | None = None,
        cert_file: str | os.PathLike[str] | None = None,
        key_file: str | os.PathLike[str] | None = None,
        key_password: str | None = None,
        assert_hostname: str | bool | None = None,
        use_system_ca: bool | None = None,
        proxy: str | None = None,
        trust_env: bool | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        retries: int | None = None,
        max_response_bytes: int | None = None,
        connection_pool_maxsize: int | None = None,
        client_side_validation: bool | None = None,
        debug: bool | None = None,
        logger_file: str | os.PathLike[str] | None = None,
    ) -> None:
        given = dict(locals())
        default = self._default
        if default is not None:
            import copy

            for name, value in default.__dict__.items():
                self.__dict__[name] = copy.copy(value)
        else:
            self.__dict__.update(_initial())
        del given["self"]
        for name, value in given.items():
            if value is not None and name not in ("default", "__class__"):
                setattr(self, name, value)

    @classmethod
    @guarded
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Configuration:
        """A configuration from ``HARBOR_URL``, ``HARBOR_USERNAME``, ``HARBOR_PASSWORD``, ``HARBOR_CA_CERT``,
        ``HARBOR_VERIFY_SSL`` (true or false) and ``HARBOR_TIMEOUT`` (seconds).

        ``/api/v2.0`` is added to a URL without a path. Unset and empty variables leave the setting as it is. Wrong
        values are a ``ValueError`` that names the variable.
        """
        from harbor_client._settings import VARIABLES

        environ = os.environ if environ is None else environ
        configuration = cls()
        for variable, name, convert in VARIABLES:
            value = environ.get(variable, "")
            if value:
                try:
                    setattr(configuration, name, convert(value))
                except (ValueError, TypeError) as error:
                    raise ValueError(f"{variable}: {str(error).removeprefix(f'{name}: ')}") from None
        return configuration

    @classmethod
    def set_default(cls, default: Configuration | None) -> None:
        """Make later configurations copies of this one; ``None`` brings the built-in settings back."""
        cls._default = default

    @guarded
    def __setattr__(self, name: str, value: Any) -> None:
        from harbor_client._settings import CHECKS

        check = CHECKS.get(name)
        if check is not None:
            try:
                value = check(value)
            except (ValueError, TypeError) as error:
                raise type(error)(f"{name}: {error}") from None
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(host={self.host!r}, username={self.username!r}, password='***')"

    def __getstate__(self) -> dict[str, Any]:
        # Handlers and loggers belong to a process.
        state = self.__dict__.copy()
        for name in ("logger", "logger_stream_handler", "logger_file_handler"):
            state.pop(name, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(_initial())
        self.__dict__.update(state)

    def __copy__(self) -> Configuration:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    # Authentication

    def get_api_key_with_prefix(self, identifier: str) -> str | None:
        """An API key with its prefix; ``None`` where there is none."""
        if self.refresh_api_key_hook:
            self.refresh_api_key_hook(self)
        key = self.api_key.get(identifier)
        prefix = self.api_key_prefix.get(identifier)
        return f"{prefix} {key}" if key and prefix else key or None

    def get_basic_auth_token(self) -> str:
        """The value of the ``Authorization`` header: UTF-8, ``""`` without a user name."""
        username, password = self.username, self.password
        if not username:
            return ""
        cached = self.__dict__.get("_basic")
        if cached is None or cached[0] != username or cached[1] != password:
            from base64 import b64encode

            token = "Basic " + b64encode(f"{username}:{password or ''}".encode("utf-8", "surrogatepass")).decode()
            cached = self.__dict__["_basic"] = (username, password, token)
        return cast("str", cached[2])

    def auth_settings(self) -> dict[str, dict[str, Any]]:
        """The ways to authenticate, by name; read at every call, so a script may replace it."""
        return {
            "basic": {
                "type": "basic",
                "in": "header",
                "key": "Authorization",
                "value": self.get_basic_auth_token(),
            }
        }

    def secrets(self) -> list[str]:
        """The credentials in these settings, as they are and as they are sent."""
        api_key: Any = self.api_key  # a script may have set a text
        keys = api_key.values() if isinstance(api_key, dict) else [api_key]
        found: list[Any] = [self.password, self.key_password, *keys]
        try:
            found += [setting["value"] for setting in (self.auth_settings() or {}).values()]
        except Exception:  # noqa: BLE001 - a script's own function: what is being told is another failure
            pass
        texts = [text.decode("latin-1") if isinstance(text, bytes) else text for text in found]
        texts += [text.partition(" ")[2].rstrip("=") for text in texts if isinstance(text, str)]
        return [text for text in texts if isinstance(text, str) and text]

    # Logging

    @property
    def debug(self) -> bool:
        """Whether the package's logger speaks: a line for each request, secrets masked. Other loggers stay as they
        are."""
        return cast("bool", self.__dict__["_debug"])

    @debug.setter
    def debug(self, value: bool) -> None:
        was, self.__dict__["_debug"] = self.__dict__["_debug"], value
        logger = self.logger.get("package_logger")
        if logger is None:  # a script has taken it out
            return
        if value:
            logger.setLevel(logging.DEBUG)
            if not logger.hasHandlers():
                self._add_stream_handler(logger)
        elif was:
            logger.setLevel(logging.NOTSET)
            if _STREAM_HANDLER is not None:
                logger.removeHandler(_STREAM_HANDLER)
            self.logger_stream_handler = None

    def _add_stream_handler(self, logger: logging.Logger) -> None:
        global _STREAM_HANDLER
        if _STREAM_HANDLER is None:
            _STREAM_HANDLER = logging.StreamHandler()
        _STREAM_HANDLER.setFormatter(self.logger_formatter)
        logger.addHandler(_STREAM_HANDLER)
        self.logger_stream_handler = _STREAM_HANDLER

    @property
    def logger_file(self) -> str | None:
        """A file that the loggers of ``logger`` write to as well; ``None`` for none."""
        return cast("str | None", self.__dict__["_logger_file"])

    @logger_file.setter
    def logger_file(self, value: str | os.PathLike[str] | None) -> None:
        self.__dict__["_logger_file"] = os.fspath(value) if value else None
        previous, self.logger_file_handler = self.logger_file_handler, None
        if previous is not None:
            for logger in self.logger.values():
                logger.removeHandler(previous)
            previous.close()
        if value:
            handler = self.logger_file_handler = logging.FileHandler(value)
            handler.setFormatter(self.logger_formatter)
            for logger in self.logger.values():
                logger.addHandler(handler)
                if self.logger_stream_handler is not None:
                    logger.removeHandler(self.logger_stream_handler)

    @property
    def logger_format(self) -> str:
        """The format of log lines, in :mod:`logging`'s ``%`` style."""
        return cast("str", self.__dict__["_logger_format"])

    @logger_format.setter
    def logger_format(self, value: str) -> None:
        self.__dict__["_logger_format"] = value
        self.logger_formatter = logging.Formatter(value)

    def to_debug_report(self) -> str:
        """What to put into a bug report: versions, and nothing secret."""
        import sys

        from harbor_client._version import __version__

        return (
            "Python SDK Debug Report:\n"
            f"OS: {sys.platform}\n"
            f"Python Version: {sys.version}\n"
            "Version of the API: 2.0\n"
            f"SDK Package Version: {__version__}"
        )

    # What the class sets for itself
    logger: dict[str, logging.Logger]
    logger_formatter: logging.Formatter
    logger_stream_handler: logging.Handler | None
    logger_file_handler: logging.Handler | None


def _initial() -> dict[str, Any]:
    from harbor_client._settings import DEFAULT_HOST

    log_format = "%(asctime)s %(levelname)s %(message)s"
    return {
        "host": DEFAULT_HOST,
        "temp_folder_path": None,
        "api_key": {},
        "api_key_prefix": {},
        "refresh_api_key_hook": None,
        "username": "",
        "password": "",
        "logger": {
            "package_logger": logging.getLogger("harbor_client"),
            "urllib3_logger": logging.getLogger("urllib3"),
        },
        "_logger_format": log_format,
        "logger_formatter": logging.Formatter(log_format),
        "logger_stream_handler": None,
        "logger_file_handler": None,
        "_logger_file": None,
        "_debug": False,
        "verify_ssl": True,
        "ssl_ca_cert": None,
        "cert_file": None,
        "key_file": None,
        "key_password": None,
        "assert_hostname": None,
        "use_system_ca": False,
        "connection_pool_maxsize": (os.cpu_count() or 1) * 5,
        "proxy": None,
        "trust_env": True,
        "timeout": 60.0,
        "connect_timeout": 10.0,
        "retries": 2,
        "max_response_bytes": 64 * 1024 * 1024,
        "safe_chars_for_path_param": "",
        "client_side_validation": True,
    }
