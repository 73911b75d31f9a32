"""An HTTP server that writes down what arrives, byte for byte, and answers as it was told.

It knows nothing about Harbor, uses no HTTP library, which would hide what a client really sends, and
binds to 127.0.0.1.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import BinaryIO

__all__ = ["Answer", "Recorder", "Request", "json_answer"]


@dataclass(frozen=True)
class Answer:
    """One scripted answer; `headers` come after the Content-Length that the recorder works out itself."""

    status: int = 200
    reason: str = "OK"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    raw: bytes | None = None  # sent as it is, in the place of everything else; the connection is closed afterwards
    hang_up: bool = False  # close the connection without a word
    pause: float = 0.0  # seconds before the answer
    hold: threading.Event | None = None  # no answer before this is set
    silent: bool = False  # no answer at all, and no end of the connection either
    drip: float = 0.0  # seconds before each byte of the body

    def wire(self, method: str) -> bytes:
        if self.raw is not None:
            return self.raw
        lines = [f"HTTP/1.1 {self.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.status not in (204, 304):
            lines.append(f"Content-Length: {len(self.body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head if method == "HEAD" or self.status in (204, 304) else head + self.body


def json_answer(value: object, status: int = 200, reason: str = "OK", **headers: str) -> Answer:
    """An answer with a JSON body; keyword names become header names (`x_total_count` is X-Total-Count)."""
    names = tuple((name.replace("_", "-").title(), text) for name, text in headers.items())
    body = json.dumps(value, separators=(",", ":")).encode() + b"\n"
    return Answer(status, reason, (("Content-Type", "application/json; charset=utf-8"), *names), body)


@dataclass
class Request:
    method: str
    target: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    connection: int = 0

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None


class Recorder:
    """A context manager: `url` is the base, `requests` what arrived, `answer(...)` sets what comes next.

    When the script of answers is over, the last one is repeated.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._over = threading.Event()
        self.requests: list[Request] = []
        self._answers: list[Answer] = [json_answer({})]
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/api/v2.0"
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._listener.close()
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def answer(self, *answers: Answer) -> None:
        with self._lock:
            self._answers = list(answers)

    def take(self) -> list[Request]:
        """What arrived since the last call."""
        with self._lock:
            taken, self.requests = self.requests, []
            return taken

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            with self._lock:
                self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                return
        with connection, connection.makefile("rb") as reader:
            try:
                while True:
                    first = reader.readline()
                    if not first:
                        return
                    method, target, _ = first.decode("latin-1").split(" ", 2)
                    request = Request(method, target, connection=number)
                    while (line := reader.readline()) not in (b"\r\n", b""):
                        name, _, value = line.decode("latin-1").partition(":")
                        request.headers.append((name, value.strip()))
                    request.body = self._body(reader, request)
                    with self._lock:
                        self.requests.append(request)
                        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                    if answer.hang_up:
                        return
                    time.sleep(answer.pause)
                    if answer.hold is not None:
                        answer.hold.wait(60)
                    if answer.silent:
                        self._over.wait(60)
                        return
                    self._send(connection, answer, method)
                    if answer.raw is not None:
                        return
            except (OSError, ValueError):
                return

    @staticmethod
    def _send(connection: socket.socket, answer: Answer, method: str) -> None:
        if not answer.drip:
            connection.sendall(answer.wire(method))
            return
        head, blank, body = answer.wire(method).partition(b"\r\n\r\n")
        connection.sendall(head + blank)
        for byte in body:
            time.sleep(answer.drip)
            connection.sendall(bytes([byte]))

    @staticmethod
    def _body(reader: BinaryIO, request: Request) -> bytes:
        if (request.header("Transfer-Encoding") or "").lower() == "chunked":
            chunks = []
            while size := int(reader.readline().split(b";")[0], 16):
                chunks.append(reader.read(size))
                reader.readline()
            reader.readline()
            return b"".join(chunks)
        return bytes(reader.read(int(request.header("Content-Length") or 0)))
