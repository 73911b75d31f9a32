"""Where Harbor is, who calls it, TLS, proxies, time and logs: one declaration for each setting."""

from __future__ import annotations

import logging
import os
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from harbor_client._privacy.guard import guarded
from harbor_client._privacy.names import MASK
from harbor_client._version import __version__
from harbor_client.configuration import checks as check, settings
from harbor_client.configuration.settings import Setting, dataclass_transform, setting, state

__all__ = ["Configuration"]

_Path = str | os.PathLike[str]
_Hooks = dict[str, list[Callable[[Any], object]]]


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(setting, state))
def _with_settings(cls: type[Configuration]) -> type[Configuration]:
    """Collect the settings that a class body declares."""
    cls._declared = {name: declared for name, declared in vars(cls).items() if isinstance(declared, Setting)}
    return cls


@_with_settings
class Configuration:
    """The settings of a client.

    Pass settings by keyword or set them as attributes. Each is checked when it is set: a wrong value raises a
    ``ValueError`` or ``TypeError`` that names the setting. ``None`` as a keyword means not given. A new configuration
    is a copy of the default one, if :meth:`set_default` has set one. ``docs/configuration.md`` lists all settings.
    """

    #: Base URL, with `/api/v2.0`; no user information, query or fragment. `/api/v2.0` is added to a `HARBOR_URL`
    #: without a path.
    host: str = setting(check.url, default=check.LOCALHOST, variable="HARBOR_URL", parse=check.with_path, kw_only=False)
    #: Username for Basic authentication; without one, no credentials are sent. It cannot contain a colon.
    username: str | None = setting(check.username, default="", variable="HARBOR_USERNAME", kw_only=False)
    #: Password for Basic authentication, sent as UTF-8. `HARBOR_PASSWORD_FILE` is the path of a file with it.
    password: str | None = setting(check.credential, default="", variable="HARBOR_PASSWORD", secret=True, kw_only=False)
    #: Seconds for a whole call, retries and waits included; `_request_timeout` sets it for one call.
    timeout: float = setting(check.seconds, default=60.0, variable="HARBOR_TIMEOUT")
    #: Seconds for opening a connection: name look-up, TCP, proxy, TLS. `None` for no limit but `timeout`.
    connect_timeout: float | None = setting(check.optional(check.seconds), default=10.0)
    #: How often a GET is repeated after a failure that may pass. Writes are repeated only if they never left.
    retries: int = setting(check.at_least(0), default=2)
    #: The largest response body, decompressed, that is accepted.
    max_response_bytes: int = setting(check.at_least(1), default=64 * 1024 * 1024)
    #: How many idle connections are kept open.
    connection_pool_maxsize: int | None = setting(check.optional(check.at_least(1)), default=(os.cpu_count() or 1) * 5)
    #: Seconds after which an idle connection is not used again. Keep it below what servers and firewalls in between
    #: allow. `None` for no limit.
    connection_max_idle: float | None = setting(check.optional(check.seconds), default=50.0)
    #: Verify the server's certificate.
    verify_ssl: bool = setting(check.boolean, default=True, variable="HARBOR_VERIFY_SSL")
    #: Authorities to trust: a PEM file, or a folder of hashed ones.
    ssl_ca_cert: _Path | None = setting(check.file_or_folder, default=None, variable="HARBOR_CA_CERT")
    #: Trust the system's store rather than certifi's authorities, where no others are named.
    use_system_ca: bool = setting(check.boolean, default=False, variable="HARBOR_USE_SYSTEM_CA")
    #: On Python 3.13 and later, refuse certificates that violate RFC 5280, as those of some private authorities do.
    verify_x509_strict: bool = setting(check.boolean, default=True, variable="HARBOR_VERIFY_X509_STRICT")
    #: Client certificate, PEM.
    cert_file: _Path | None = setting(check.file, default=None)
    #: Private key of the client certificate, PEM; `None` if `cert_file` contains it.
    key_file: _Path | None = setting(check.file, default=None)
    #: Password of the private key.
    key_password: str | None = setting(check.optional(check.text), default=None, secret=True)
    #: The name to expect in the certificate; `None` for that of `host`, `False` for any.
    assert_hostname: str | bool | None = setting(check.name_in_certificate, default=None)
    #: The proxy to use, with username and password if it requires them. It takes precedence over the environment's.
    proxy: str | None = setting(check.proxy, default=None, secret=True)
    #: Use the environment's proxies and certificate authorities: `HTTPS_PROXY`, `SSL_CERT_FILE` and the like.
    trust_env: bool = setting(check.boolean, default=True)
    #: Set the logger `harbor_client` to DEBUG: a line for each request, without secrets.
    debug: bool = setting(check.boolean, default=False, apply=settings.apply_debug)
    #: Log each write, and no read, at level INFO.
    log_writes: bool = setting(check.boolean, default=False)
    #: Format of the lines that `debug` and `logger_file` write, in `%` style.
    logger_format: str = setting(check.log_format, default=check.LOG_FORMAT, apply=settings.apply_logger_format)
    #: A file that the loggers write to.
    logger_file: _Path | None = setting(check.log_file, default=None, apply=settings.apply_logger_file)
    #: Functions that are called with each `request`, `response` and `error`.
    event_hooks: _Hooks = setting(check.hooks, default=check.hooks({}))
    #: Check arguments against the API's limits before sending.
    client_side_validation: bool = setting(check.boolean, default=True)
    #: Keys for `get_api_key_with_prefix`, by identifier.
    api_key: dict[str, str] = setting(check.keys, default={}, secret=True)
    #: What precedes a key, such as `Bearer`, by identifier.
    api_key_prefix: dict[str, str] = setting(check.keys, default={})
    #: Called with the configuration before a key is read.
    refresh_api_key_hook: Callable[[Configuration], None] | None = setting(check.function, default=None)
    #: Folder for downloaded files; `None` for the system's.
    temp_folder_path: _Path | None = setting(check.path, default=None)
    #: Characters that are not percent-encoded in paths.
    safe_chars_for_path_param: str = setting(check.text, default="")

    # Not settings: what the configuration keeps for itself.
    #: The loggers that `debug` and `logger_file` are for: `package_logger` and `urllib3_logger`.
    logger: dict[str, logging.Logger] = state()
    #: Made from `logger_format`.
    logger_formatter: logging.Formatter = state()
    #: What `debug` has added.
    logger_stream_handler: logging.Handler | None = state()
    #: What `logger_file` has added.
    logger_file_handler: logging.Handler | None = state()

    _default: ClassVar[Configuration | None] = None
    _declared: ClassVar[dict[str, Setting]]
    #: Goes up when a setting is set, so that a client notices.
    _revision: ClassVar[int] = 0

    if not TYPE_CHECKING:  # checkers read the declarations

        @guarded
        def __init__(self, host: Any = ..., username: Any = None, password: Any = None, **further: Any) -> None:
            if self._default is None:
                self.__dict__.update((name, deepcopy(declared.default)) for name, declared in self._declared.items())
                names = {"package_logger": "harbor_client", "urllib3_logger": "urllib3"}
                self.logger = {name: logging.getLogger(logger) for name, logger in names.items()}
                self.logger_formatter = logging.Formatter(self.logger_format)
            else:
                self.__dict__.update((name, copy(value)) for name, value in vars(self._default).items())
            if host is not ...:
                self.host = host
            for name, value in {"username": username, "password": password, **further}.items():
                if name not in self._declared:
                    raise TypeError(f"unexpected keyword argument {name!r}{settings.hint(name, self._declared)}")
                if value is not None:
                    setattr(self, name, value)

    @classmethod
    @guarded
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Configuration:
        """A configuration from the environment: ``HARBOR_URL``, ``HARBOR_USERNAME``, ``HARBOR_PASSWORD`` or
        ``HARBOR_PASSWORD_FILE``, and the variables of further settings.

        ``/api/v2.0`` is added to a URL without a path. Unset and empty variables leave the setting as it is.

        Raises:
            ValueError: a variable has a wrong value; or there is no URL, or only one of username and password.
        """
        environ = os.environ if environ is None else environ
        configuration = cls()
        former = configuration.username
        for name, declared in cls._declared.items():
            if (value := declared.in_environment(environ)) is not None:
                setattr(configuration, name, value)
        if configuration.host == check.LOCALHOST and not environ.get("HARBOR_URL"):
            raise ValueError("HARBOR_URL is not set: set it to Harbor's URL, such as https://harbor.example.com")
        given = environ.get("HARBOR_PASSWORD") or environ.get("HARBOR_PASSWORD_FILE")
        is_other_user = former and former != configuration.username  # whom the default's password is not for
        if environ.get("HARBOR_USERNAME") and not (given or (configuration.password and not is_other_user)):
            neither = "neither HARBOR_PASSWORD nor HARBOR_PASSWORD_FILE"
            raise ValueError(f"HARBOR_USERNAME is set, but {neither} is: set one of them")
        if configuration.password and not configuration.username:
            raise ValueError("there is a password, but HARBOR_USERNAME is not set: set it to the name of the user")
        return configuration

    @classmethod
    def set_default(cls, default: Configuration | None) -> None:
        """Make later configurations copies of this one; ``None`` brings the built-in settings back."""
        cls._default = default

    @guarded
    def __setattr__(self, name: str, value: Any) -> None:
        declared = self._declared.get(name)
        if declared is None:
            is_new = not name.startswith("_") and name not in self.__dict__ and not hasattr(type(self), name)
            if is_new and (hint := settings.hint(name, self._declared)):
                raise AttributeError(f"Configuration has no setting {name!r}{hint}")
            object.__setattr__(self, name, value)
            return
        try:
            value = declared.check(value)
        except (ValueError, TypeError) as error:
            raise type(error)(f"{name}: {error}") from None
        former = self.__dict__.get(name, declared.default)
        object.__setattr__(self, name, value)
        self.__dict__["_revision"] = self._revision + 1
        if declared.apply is not None:
            declared.apply(self, former)

    def __repr__(self) -> str:
        shown = []
        for name, declared in self._declared.items():
            value = self.__dict__.get(name, declared.default)
            if name == "host" or value != declared.default:
                shown.append(f"{name}={MASK if declared.secret else repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __getstate__(self) -> dict[str, Any]:
        # The handlers of loggers belong to a process.
        return {**self.__dict__, "logger_stream_handler": None, "logger_file_handler": None}

    def get_api_key_with_prefix(self, identifier: str) -> str | None:
        """An API key with its prefix; ``None`` where there is none."""
        if self.refresh_api_key_hook:
            self.refresh_api_key_hook(self)
        key = self.api_key.get(identifier)
        prefix = self.api_key_prefix.get(identifier)
        return f"{prefix} {key}" if key and prefix else key or None

    def get_basic_auth_token(self) -> str:
        """The value of the ``Authorization`` header: UTF-8, ``""`` without a username."""
        if not self.username:
            return ""
        return "Basic " + b64encode(f"{self.username}:{self.password or ''}".encode("utf-8", "surrogatepass")).decode()

    def auth_settings(self) -> dict[str, dict[str, Any]]:
        """The ways to authenticate, by name; read at every call, so a script may replace it."""
        token = self.get_basic_auth_token()
        return {"basic": {"type": "basic", "in": "header", "key": "Authorization", "value": token}}

    def secrets(self) -> list[str]:
        """The credentials in these settings, as they are and as they are sent."""
        api_key: Any = self.api_key  # a script may have set a text
        found: list[Any] = [self.password, self.key_password]
        found += api_key.values() if isinstance(api_key, dict) else [api_key]
        try:
            found += [way["value"] for way in (self.auth_settings() or {}).values()]
        except Exception:  # noqa: BLE001 - a script's own function; another failure is being reported
            pass
        texts = [text.decode("latin-1") if isinstance(text, bytes) else text for text in found]
        texts += [text.partition(" ")[2].rstrip("=") for text in texts if isinstance(text, str)]
        return [text for text in texts if isinstance(text, str) and text]

    def to_debug_report(self) -> str:
        """What to put into a bug report: versions, and nothing secret."""
        system = f"OS: {sys.platform}\nPython Version: {sys.version}"
        return f"Python SDK Debug Report:\n{system}\nVersion of the API: 2.0\nSDK Package Version: {__version__}"
