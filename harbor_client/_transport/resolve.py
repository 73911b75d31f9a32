"""Name look-up by a deadline."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from harbor_client._transport.http1 import Deadline


def look_up(host: str, port: int, deadline: Deadline) -> list[Any]:
    """The addresses of a host. The system's resolver knows no deadline, so a thread waits for it."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return [(family, socket.SOCK_STREAM, 0, "", (host, port))]
    found: list[Any] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=ask, name="harbor_client-look-up", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no more threads for this process, or Python is shutting down
        ask()
    else:
        thread.join(deadline.left())
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError("the name look-up took too long")
    return found
