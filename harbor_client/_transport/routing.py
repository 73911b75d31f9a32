"""Finds the pool, and the proxy if any, for an origin."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from harbor_client._transport.pool import POOL_CLASSES, PlainPool, Pools, ProxyPools
from harbor_client._transport.proxies import from_environment, split_proxy
from harbor_client._transport.sockets import SocksProxy
from harbor_client.configuration.settings import check_host_name

if TYPE_CHECKING:
    from typing import Any

    from urllib3.poolmanager import PoolManager

    from harbor_client.configuration import Configuration


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

    def __init__(self, configuration: Configuration, pools_size: int) -> None:
        self.configuration = configuration
        self.pools_size = pools_size
        self.proxy_secrets: list[str] = []
        self.proxy: tuple[str, str] | None = None
        self.pool_classes = POOL_CLASSES

    def keywords(self, maxsize: int | None) -> dict[str, Any]:
        """The keywords of a pool manager that the settings ask for."""
        configuration = self.configuration
        keywords: dict[str, Any] = {
            "maxsize": (configuration.connection_pool_maxsize or 4) if maxsize is None else maxsize,
            "cert_reqs": ssl.CERT_REQUIRED if configuration.verify_ssl else ssl.CERT_NONE,
            "cert_file": configuration.cert_file,
            "key_file": configuration.key_file,
        }
        if configuration.ssl_ca_cert:
            keywords["ca_certs"] = configuration.ssl_ca_cert
        if configuration.key_password:
            keywords["key_password"] = configuration.key_password
        if configuration.assert_hostname is not None:
            keywords["assert_hostname"] = configuration.assert_hostname
        return keywords

    def beyond_keywords(self) -> tuple[Any, ...]:
        """What else in the settings decides how connections are made and kept."""
        configuration = self.configuration
        return (
            configuration.proxy,
            configuration.trust_env,
            configuration.use_system_ca,
            configuration.verify_x509_strict,
            configuration.connection_max_idle,
        )

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
        manager.pool_classes_by_scheme = self.pool_classes
        pool = manager.connection_from_host(parts.host, parts.port, parts.scheme)
        if not isinstance(pool, PlainPool):
            # A pool manager of urllib3's own, in use before it was put here.
            manager.clear()
            pool = manager.connection_from_host(parts.host, parts.port, parts.scheme)
            assert isinstance(pool, PlainPool)
        forwarded = manager.proxy is not None and parts.scheme == "http"
        authority = authority_of(parts.scheme, parts.host.strip("[]"), parts.port)
        return Route(manager, getattr(manager, "generation", -1), pool, authority, forwarded)

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


def authority_of(scheme: str, host: str, port: int | None) -> str:
    """Host and port as in a ``Host`` field: without the scheme's own port, or the zone of an IPv6 address."""
    host = host.partition("%")[0]
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, {"http": 80, "https": 443}.get(scheme)) else f"{name}:{port}"
