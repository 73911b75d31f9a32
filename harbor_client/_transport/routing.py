"""Finds the pool, and the proxy if any, for an origin."""

import ssl
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError
from urllib3.poolmanager import PoolManager
from urllib3.util import parse_url

from harbor_client._transport.http1 import authority_of
from harbor_client._transport.pool import PlainPool, Pools, ProxyPools
from harbor_client._transport.proxies import from_environment, split_proxy
from harbor_client._transport.sockets import SocksProxy
from harbor_client.configuration import Configuration
from harbor_client.configuration.settings import check_host_name

#: The settings of connections that urllib3 has no keyword for.
_NO_KEYWORDS = ("proxy", "trust_env", "use_system_ca", "verify_x509_strict", "connection_max_idle")


class Route(NamedTuple):
    """How requests to an origin go; found once, and again when the pool manager was cleared or replaced."""

    manager: PoolManager
    generation: int
    pool: PlainPool
    authority: str
    forwarded: bool


class Router:
    """Makes pool managers and finds routes, as the settings and the environment say.

    Attributes:
        proxy_secrets: the credentials for the proxy in use.
    """

    def __init__(
        self, configuration: Configuration, pool_classes: dict[str, Any], pools_size: int, maxsize: int | None
    ) -> None:
        self.configuration = configuration
        self.pool_classes = pool_classes
        self.pools_size = pools_size
        self.maxsize = maxsize
        self.proxy_secrets: list[str] = []
        self.proxy: tuple[str, str] | None = None

    def settings(self) -> tuple[dict[str, Any], tuple[Any, ...]]:
        """All settings that decide how connections are made and kept: the keywords of a pool manager, and others."""
        configuration = self.configuration
        keywords = {
            "maxsize": (configuration.connection_pool_maxsize or 4) if self.maxsize is None else self.maxsize,
            "cert_reqs": ssl.CERT_REQUIRED if configuration.verify_ssl else ssl.CERT_NONE,
            "cert_file": configuration.cert_file,
            "key_file": configuration.key_file,
        }
        optional = {
            "ca_certs": configuration.ssl_ca_cert or None,
            "key_password": configuration.key_password or None,
            "assert_hostname": configuration.assert_hostname,
        }
        keywords.update((name, value) for name, value in optional.items() if value is not None)
        return keywords, tuple(getattr(configuration, name) for name in _NO_KEYWORDS)

    def new_manager(self, keywords: dict[str, Any], url: str) -> PoolManager:
        """A pool manager that reaches a URL, through the proxy that leads there if there is one."""
        self.proxy = self.proxy_for(url)
        manager: Pools | ProxyPools
        if self.proxy is None:
            manager = Pools(self.pools_size, **keywords)
        else:
            proxy_url, headers, self.proxy_secrets = split_proxy(*self.proxy)
            if proxy_url.startswith("socks"):
                parts = urlsplit(proxy_url)
                user, password, *_ = [*self.proxy_secrets, None, None]
                manager = Pools(self.pools_size, **keywords)
                manager.socks = SocksProxy(parts.scheme, parts.hostname or "", parts.port or 1080, user, password)
            else:
                manager = ProxyPools(proxy_url, self.pools_size, proxy_headers=headers, **keywords)
        manager.configuration = self.configuration
        manager.pool_classes_by_scheme = self.pool_classes
        return manager

    def route(self, manager: PoolManager, origin: str) -> Route:
        """The route to an origin (scheme and authority); raises ``ValueError`` if it is not one.

        Its pool manager is the one given, or a copy of it where another proxy leads to the origin.
        """
        origin = origin if origin.isascii() else _in_ascii(origin)
        try:
            parts = parse_url(origin)
        except (HTTPError, UnicodeError):
            raise ValueError("not a valid URL") from None
        if parts.scheme not in self.pool_classes or not parts.host or parts.auth:
            raise ValueError("not an absolute http or https URL without user information")
        if isinstance(manager, (Pools, ProxyPools)) and self.proxy_for(origin) != self.proxy:
            kept = {name: value for name, value in manager.connection_pool_kw.items() if not name.startswith("_proxy")}
            manager = self.new_manager(kept, origin)
        self.take_over(manager, self.pool_classes)
        pool: Any = manager.connection_from_host(parts.host, parts.port, parts.scheme)
        forwarded = manager.proxy is not None and parts.scheme == "http"
        authority = authority_of(parts.scheme, parts.host.strip("[]"), parts.port)
        return Route(manager, getattr(manager, "generation", -1), pool, authority, forwarded)

    def take_over(self, manager: Any, classes: dict[str, Any]) -> None:
        """Let a pool manager have pools of these classes only."""
        if manager.pool_classes_by_scheme is not classes:
            manager.pool_classes_by_scheme = classes
            manager.clear()

    def proxy_for(self, url: str) -> tuple[str, str] | None:
        """The setting or variable that names the proxy for a URL, and its value; ``None`` for a direct connection."""
        configuration = self.configuration
        if configuration.proxy:
            return "proxy", configuration.proxy
        return from_environment(url) if configuration.trust_env else None


def _in_ascii(origin: str) -> str:
    """An origin whose international name is encoded as it is looked up; urllib3 needs another package for that."""
    scheme, _, authority = origin.partition("://")
    host, colon, port = authority.partition(":")
    check_host_name(host)
    return f"{scheme}://{host.encode('idna').decode('ascii')}{colon}{port}"
