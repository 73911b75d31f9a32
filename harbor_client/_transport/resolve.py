"""Name look-up within a deadline."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from harbor_client._transport.threads import Work, start_thread

if TYPE_CHECKING:
    from typing import Any

    from harbor_client._transport.http1 import Deadline


def look_up(host: str, port: int, deadline: Deadline) -> list[Any]:
    """The addresses of a host. The system's resolver has no timeout, so a thread waits for it."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return [(family, socket.SOCK_STREAM, 0, "", (host, port))]
    work = Work(lambda: socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
    if start_thread(work.run, "look-up") is None:
        work.run_here()
    elif not work.wait(deadline.left()):
        raise TimeoutError("the name look-up took too long")
    found = work.get()
    if not found:
        raise OSError("the name has no address")
    return found
