"""HTTP as bytes on a socket: for tests that must see, or send, exactly what is on the wire."""

from __future__ import annotations

import base64
import json
import select
import socket
from typing import Any

__all__ = ["Raw", "Response", "basic"]


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Response:
    """What came back: status, headers in order, body."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name: str) -> str | None:
        """The only value of a header; None when it is not there."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) < 2, f"{name} came {len(values)} times"
        return values[0] if values else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[str, str]:
        """Code and message of Harbor's error form."""
        (only,) = self.json["errors"]
        return only["code"], only["message"]

    def __repr__(self) -> str:
        return f"<{self.status} {self.headers} {self.body!r}>"


class Raw:
    """One connection, spoken by hand; a context manager."""

    def __init__(self, host: str, port: int, timeout: float = 20.0) -> None:
        self.socket = socket.create_connection((host, port), timeout)
        self._buffer = b""

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(
        self,
        method: str,
        target: str,
        *,
        auth: str | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> None:
        """Send one request. Text goes out as UTF-8; a body gets a Content-Length."""
        lines = [f"{method} {target} HTTP/1.1", "Host: harbor.test"]
        if auth is not None:
            lines.append(f"Authorization: {auth}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + (body or b""))

    def has_response(self) -> bool:
        """Whether anything has come in already."""
        return bool(self._buffer) or bool(select.select([self.socket], [], [], 0)[0])

    def read(self, method: str = "GET") -> Response:
        """The response to the request that was sent."""
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:])]
        lower = {name.lower(): value for name, value in headers}
        if method == "HEAD" or status in (204, 304):
            return Response(status, headers, b"")
        if lower.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._until(b"\r\n"), 16):
                body += self._exactly(size)
                assert self._until(b"\r\n") == b""
            assert self._until(b"\r\n") == b""
            return Response(status, headers, body)
        if "content-length" not in lower:
            return Response(status, headers, self.rest())
        return Response(status, headers, self._exactly(int(lower["content-length"])))

    def request(
        self,
        method: str,
        target: str,
        *,
        auth: str | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        json_body: object = None,
    ) -> Response:
        """Send a request and read its response."""
        headers = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            headers.setdefault("Content-Type", "application/json")
        self.send(method, target, auth=auth, headers=headers, body=body)
        return self.read(method)

    def rest(self) -> bytes:
        """All that comes until the other side closes."""
        while self._fill():
            pass
        rest, self._buffer = self._buffer, b""
        return rest

    def _fill(self) -> bool:
        received = self.socket.recv(65536)
        self._buffer += received
        return bool(received)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            assert self._fill(), f"closed after {self._buffer!r}"
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) < length:
            assert self._fill(), f"closed after {len(self._buffer)} of {length} bytes"
        found, self._buffer = self._buffer[:length], self._buffer[length:]
        return found
