"""Opens sockets within a deadline: name look-up, TCP, and the way through a SOCKS proxy."""

# mypy has no types of PySocks, pyright has.
# pyright: reportUnnecessaryTypeIgnoreComment=false, reportIncompatibleMethodOverride=false, reportCallIssue=false

import socket
from importlib import import_module
from typing import Any

from harbor_client._transport.http1 import Deadline
from harbor_client._transport.threads import Work, start_thread

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
    work = Work(lambda: socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
    if start_thread(work.run, "look-up") is None:
        work.run_here()
    found = work.get(deadline.left())
    if not found:
        raise OSError("the name has no address")
    return found


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
    """A connection to a host through a SOCKS proxy, given by urllib3's options; PySocks negotiates."""
    socks: Any = import_module("socks")  # which few users need; it has no types

    def recv_into(sock: Any, *arguments: Any) -> Any:
        sock.settimeout(deadline.left())
        return socks.socksocket.recv_into(sock, *arguments)

    target = host if proxy["rdns"] else look_up(host, port, deadline)[0][4][0]
    family, *_, address = look_up(proxy["proxy_host"].strip("[]"), proxy["proxy_port"] or 1080, deadline)[0]
    sock: Any = type("Timed", (socks.socksocket,), {"recv_into": recv_into})(family)
    try:
        for option in _KEEP_ALIVE:
            sock.setsockopt(*option)
        sock.set_proxy(proxy["socks_version"], *address[:2], proxy["rdns"], proxy["username"], proxy["password"])
        sock.settimeout(deadline.left())
        sock.connect((target, port))
        return socket.socket(fileno=sock.detach())
    except BaseException:
        sock.close()
        raise
