"""Opens sockets within a deadline: name look-up, TCP, and the way through a SOCKS proxy."""

import socket
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from harbor_client._transport.http1 import Deadline
from harbor_client._transport.threads import Work, start_thread

_T = TypeVar("_T")
_PROBES = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
#: Probes that notice when the other end is gone; where the system lets us choose, after half a minute of silence.
_KEEP_ALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *((socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in _PROBES.items() if hasattr(socket, name)),
]


def look_up(host: str, port: int, deadline: Deadline) -> list[Any]:
    """The addresses of a host, at least one. The system's resolver has no timeout, so a thread waits for it."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return [(family, socket.SOCK_STREAM, 0, "", (host, port))]
    found = _in_thread(lambda: socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM), deadline)
    if not found:
        raise OSError("the name has no address")
    return found


def _in_thread(job: Callable[[], _T], deadline: Deadline) -> _T:
    work = Work(job)
    if start_thread(work.run, "connecting") is None:
        work.run_here()
    return work.get(deadline.left())


def open_socket(addresses: list[Any], deadline: Deadline, source: Any, options: Any) -> socket.socket:
    """A TCP connection to the first address that accepts one; each may take its share of the time that is left."""
    failure: BaseException = OSError("no address")
    for index, (family, kind, protocol, _, target) in enumerate(addresses):
        sock = None
        try:
            sock = socket.socket(family, kind, protocol)
            for option in (*_KEEP_ALIVE, *(options or ())):
                sock.setsockopt(*option)
            sock.settimeout(deadline.left() / (len(addresses) - index))
            if source:
                sock.bind(source)
            sock.connect(target)
            return sock
        except BaseException as error:
            if sock is not None:
                sock.close()
            if not isinstance(error, OSError):
                raise
            failure = error
    raise failure


def open_through(proxy: dict[str, Any], host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to a host through a SOCKS proxy, given by urllib3's options.

    PySocks negotiates. Its timeout is not for all that it reads together, so a thread waits for it.
    """
    socks = import_module("socks")  # which few users need; it has no types
    place = proxy["socks_version"], proxy["proxy_host"], proxy["proxy_port"] or 1080
    how = proxy["rdns"], proxy["username"], proxy["password"], _KEEP_ALIVE

    def connect() -> socket.socket:
        with socks.create_connection((host, port), deadline.left(), None, *place, *how) as sock:
            deadline.left()  # raises if nobody waits any longer
            return socket.socket(fileno=sock.detach())

    return _in_thread(connect, deadline)
