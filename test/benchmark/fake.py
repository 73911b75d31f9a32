"""A process with a FakeHarbor in it, and the requests that show how many it handles in a second on one core."""

from __future__ import annotations

import base64
import json
import os
import random
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmark.processes import FakeServer

_CONNECTIONS = 8


def rate(python: str, path: list[Path], users: int, requests: int) -> dict[str, float]:
    """Requests answered a second: by the clock, and by the CPU time of the server's process."""
    credentials = base64.b64encode(b"admin:Harbor12345").decode()
    choice = random.Random(8)
    with FakeServer(python, path, users) as server:
        connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(_CONNECTIONS)]
        try:

            def cycle() -> None:
                for connection in connections:
                    target = f"/api/v2.0/users/{choice.randrange(3, 3 + users)}"
                    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {credentials}\r\n\r\n"
                    connection.sendall(head.encode())
                for connection in connections:
                    _response(connection)

            for _ in range(10):
                cycle()
            cpu, wall = server.cpu(), time.perf_counter()
            cycles = max(1, requests // _CONNECTIONS)
            for _ in range(cycles):
                cycle()
            cpu, wall = server.cpu() - cpu, time.perf_counter() - wall
        finally:
            for connection in connections:
                connection.close()
    return {"by clock": cycles * _CONNECTIONS / wall, "by CPU": cycles * _CONNECTIONS / cpu}


def _response(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            raise ConnectionError("the fake closed a connection")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(head.split(b"\r\n")[0].decode())
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    if b"content-length" in fields:
        while len(body) < int(fields[b"content-length"]):
            body += connection.recv(65_536)
    else:
        while not body.endswith(b"0\r\n\r\n"):
            body += connection.recv(65_536)


def main() -> None:
    from harbor_client.testing import FakeHarbor

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with FakeHarbor() as harbor:
        harbor.add_users(int(sys.argv[1]))
        print(json.dumps({"port": urlsplit(harbor.url).port}), flush=True)
        for _ in sys.stdin:
            print(json.dumps({"cpu": time.process_time()}), flush=True)


if __name__ == "__main__":
    main()
