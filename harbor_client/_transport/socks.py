"""Connections through a SOCKS proxy, which PySocks negotiates (the extra ``socks``)."""

# mypy has no types of PySocks, pyright has.
# pyright: reportUnnecessaryTypeIgnoreComment=false, reportIncompatibleMethodOverride=false, reportCallIssue=false

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

from harbor_client._transport.resolve import look_up

if TYPE_CHECKING:
    from typing import Any

    from harbor_client._transport.http1 import Deadline


class SocksProxy(NamedTuple):
    """A SOCKS proxy; the scheme says which version, and whether the proxy looks names up (``socks5h``, ``socks4a``)."""

    scheme: str
    host: str
    port: int
    username: str | None
    password: str | None


def connect(proxy: SocksProxy, host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to a host; raises ``OSError``."""
    from importlib import import_module

    socks: Any = import_module("socks")  # the extra, which few users need; it has no types

    def recv_into(sock: Any, *arguments: Any) -> Any:
        sock.settimeout(deadline.left())
        return socks.socksocket.recv_into(sock, *arguments)

    remote = proxy.scheme in ("socks5h", "socks4a")
    target = host if remote else look_up(host, port, deadline)[0][4][0]
    family, *_, address = look_up(proxy.host, proxy.port, deadline)[0]
    sock: Any = type("Timed", (socks.socksocket,), {"recv_into": recv_into})(family)
    try:
        kind = socks.SOCKS4 if proxy.scheme.startswith("socks4") else socks.SOCKS5
        sock.set_proxy(kind, *address[:2], remote, proxy.username, proxy.password)
        sock.settimeout(deadline.left())
        sock.connect((target, port))
        return socket.socket(fileno=sock.detach())
    except BaseException:
        sock.close()
        raise
