"""A server that misbehaves on purpose: raw bytes on real sockets, told by a table.

A *script* has one entry for each connection, and the last entry serves all further connections. An entry is a step or a
list of steps. A step is

- ``bytes``: read one whole request, then send these bytes as they are;
- a function from this module (``drip``, ``stall``, ``reset``, …) that acts on the connection.

When its steps are over, the connection is closed in the orderly way (FIN, after what was sent). So one line is one
case::

    with FaultServer([b"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf"]) as server:
        ...

The server knows what reached it: ``requests`` holds every request, whole or not, ``received`` the raw bytes of each
connection. ``settle()`` waits until all that clients have sent is on these records.

Nothing here sleeps to be right: waiting steps end when the client hangs up, when an event is set or when the server is
closed.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType

BASE = "/api/v2.0"
"""The path that every client of the tests puts before Harbor's own."""


class HangUp(Exception):
    """The client is gone, or the server is being closed: the script of this connection ends."""


@dataclass
class Request:
    """One request as it arrived."""

    connection: int
    """Number of the connection, from 0."""
    head: bytes = b""
    """Request line and headers, up to and with the blank line where it came."""
    body: bytes = b""
    whole: bool = False
    """Whether header and body arrived to the last byte."""

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    @property
    def headers(self) -> dict[str, str]:
        """Header values by lower-case name; repeated ones are joined with a comma."""
        found: dict[str, str] = {}
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            name, colon, value = line.partition(":")
            if colon:
                key = name.strip().lower()
                found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
        return found


class Peer:
    """The server's end of one connection."""

    def __init__(self, server: FaultServer, sock: socket.socket, number: int) -> None:
        self.server = server
        self.sock = sock
        self.number = number
        self.received = bytearray()
        self._unread = bytearray()

    def _receive(self) -> bool:
        """Read what is there into the buffer; ``False`` at the end of the stream."""
        try:
            data = self.sock.recv(65536)
        except (OSError, ValueError):
            return False
        self.received += data
        self._unread += data
        return bool(data)

    def read_until(self, mark: bytes) -> bytes:
        """All bytes up to and with ``mark``; what came of them if the stream ends before it."""
        while (at := self._unread.find(mark)) < 0:
            if not self._receive():
                return self.take(len(self._unread))
        return self.take(at + len(mark))

    def read(self, count: int) -> bytes:
        """``count`` bytes, or fewer at the end of the stream."""
        while len(self._unread) < count and self._receive():
            pass
        return self.take(min(count, len(self._unread)))

    def take(self, count: int) -> bytes:
        taken = bytes(self._unread[:count])
        del self._unread[:count]
        return taken

    def read_head(self) -> Request:
        """The header block of the next request; hangs up when there is none."""
        head = self.read_until(b"\r\n\r\n")
        if not head:
            raise HangUp
        request = Request(self.number, head)
        self.server.requests.append(request)
        if not head.endswith(b"\r\n\r\n"):
            raise HangUp
        return request

    def read_body(self, request: Request) -> None:
        length = int(request.headers.get("content-length", "0"))
        request.body = self.read(length)
        request.whole = len(request.body) == length
        if not request.whole:
            raise HangUp

    def read_request(self) -> Request:
        """One whole request; it is on the server's record, and hangs up if it is cut short."""
        request = self.read_head()
        self.read_body(request)
        return request

    def send(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except (OSError, ValueError):
            raise HangUp from None
        self.server.count_sent(len(data))

    def pause(self, seconds: float) -> None:
        """Wait without reading, but hang up at once when the client is gone or the server is closed."""
        if self.sock.fileno() < 0:
            raise HangUp
        poll = select.poll()
        poll.register(self.sock, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            # The end of a client whose bytes nobody reads is not seen: settle() tells it.
            if self.server.settling.is_set() or poll.poll(min(left, 0.05) * 1000):
                raise HangUp

    def fin(self) -> None:
        """Close the sending side, as ``close()`` does, but without the reset that unread bytes would cause."""
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.settimeout(0)  # say goodbye, and do not wait for the client's
                self.sock.unwrap()
        except (OSError, ValueError):
            pass
        shut(self.sock, socket.SHUT_WR)

    def drain(self) -> None:
        """Read and forget whatever still comes, below TLS."""
        try:
            self.sock.settimeout(None)
            while socket.socket.recv(self.sock, 65536):
                pass
        except (OSError, ValueError):
            pass

    def end_raw(self) -> None:
        """FIN without TLS's own goodbye."""
        shut(self.sock, socket.SHUT_WR)

    def reset(self) -> None:
        """Close with a reset (RST)."""
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        self.sock.close()

    def kill(self) -> None:
        """Wake the connection's thread up from any wait, from another thread."""
        shut(self.sock, socket.SHUT_RDWR)


def shut(sock: socket.socket, how: int) -> None:
    """Shut the socket itself down, below TLS, and do not mind if it is gone."""
    try:
        socket.socket.shutdown(sock, how)
    except OSError:
        pass


Action = Callable[[Peer], None]
Step = bytes | Action
Steps = Step | Sequence[Step]


# ---------------------------------------------------------------------------------------------------------- the steps


def read_request(peer: Peer) -> None:
    """Read one whole request and send nothing."""
    peer.read_request()


def read_head(peer: Peer) -> None:
    """Read the header block of a request and leave its body where it is."""
    peer.read_head()


def read_bytes(count: int) -> Action:
    """Read ``count`` bytes of whatever comes, off the record of requests."""
    return lambda peer: void(peer.read(count))


def void(_: object) -> None:
    """Turn an expression into a statement."""


def send(data: bytes) -> Action:
    """Send bytes without reading anything."""
    return lambda peer: peer.send(data)


def drip(data: bytes, every: float = 0.02, size: int = 1) -> Action:
    """Send ``data`` in pieces of ``size`` bytes, ``every`` seconds one."""

    def act(peer: Peer) -> None:
        for at in range(0, len(data), size):
            peer.send(data[at : at + size])
            peer.pause(every)

    return act


def drip_raw(data: bytes, every: float = 0.02) -> Action:
    """The same below TLS, a byte at a time: what the client gets are pieces of a record."""

    def act(peer: Peer) -> None:
        for byte in data:
            try:
                socket.socket.sendall(peer.sock, bytes([byte]))
            except OSError:
                raise HangUp from None
            peer.pause(every)

    return act


def send_together(*pieces: bytes) -> Action:
    """Send pieces in one TCP segment; on TLS, each is a record of its own."""

    def act(peer: Peer) -> None:
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        for piece in pieces:
            peer.send(piece)
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    return act


def drip_for_ever(piece: bytes, every: float = 0.02) -> Action:
    """Send ``piece`` again and again until the client hangs up."""

    def act(peer: Peer) -> None:
        while True:
            peer.send(piece)
            peer.pause(every)

    return act


def flood(piece: bytes, times: int = -1) -> Action:
    """Send ``piece`` as fast as the client reads: ``times`` times, or until it hangs up."""

    def act(peer: Peer) -> None:
        left = times
        while left and not peer.server.stopping.is_set():
            peer.send(piece)
            left -= 1

    return act


def ignore(peer: Peer) -> None:
    """Neither read nor say anything until the client hangs up."""
    while True:
        peer.pause(60)


def stall(peer: Peer) -> None:
    """Say nothing more and keep the connection open, recording whatever else the client sends, until it hangs up."""
    while True:
        peer.read_request()


def hold(event: threading.Event) -> Action:
    """Wait for ``event`` (or for the server's end)."""

    def act(peer: Peer) -> None:
        while not event.wait(0.02):
            if peer.server.settling.is_set():
                raise HangUp

    return act


def signal(event: threading.Event) -> Action:
    """Set ``event``."""
    return lambda peer: event.set()


def reset(peer: Peer) -> None:
    """Reset the connection (RST)."""
    peer.reset()
    raise HangUp


def fin(peer: Peer) -> None:
    """Close the sending side now, and let the steps go on."""
    peer.fin()


def cut(peer: Peer) -> None:
    """On TLS: end the stream without close_notify, as an attacker would."""
    peer.end_raw()
    raise HangUp


def each(choose: Callable[[int], Steps]) -> Action:
    """Let ``choose`` say the steps of a connection by its number."""
    return lambda peer: perform(peer, choose(peer.number))


def again(*steps: Step) -> Action:
    """Repeat the steps for as long as the client comes back."""

    def act(peer: Peer) -> None:
        while True:
            perform(peer, steps)

    return act


def respond(make: Callable[[Request], bytes]) -> Action:
    """Read a request and send what ``make`` says about it."""

    def act(peer: Peer) -> None:
        peer.send(make(peer.read_request()))

    return act


def handshake(context: ssl.SSLContext) -> Action:
    """Start TLS now (for servers made without ``tls``)."""

    def act(peer: Peer) -> None:
        peer.server.start_tls(peer, context)

    return act


def perform(peer: Peer, steps: Steps) -> None:
    """Carry out one step or several."""
    if isinstance(steps, bytes):
        peer.read_request()
        peer.send(steps)
    elif callable(steps):
        steps(peer)
    else:
        for step in steps:
            perform(peer, step)


# --------------------------------------------------------------------------------------------------------- the server


@dataclass
class Records:
    """What a server saw."""

    requests: list[Request] = field(default_factory=list)
    received: list[bytearray] = field(default_factory=list)
    tls_failures: list[Exception] = field(default_factory=list)


class FaultServer(Records):
    """See the module."""

    def __init__(
        self,
        script: Sequence[Steps] | Step,
        tls: ssl.SSLContext | None = None,
        base: str = BASE,
        bound: socket.socket | None = None,
    ) -> None:
        """Listen on 127.0.0.1 and a free port, or on a socket that is bound already.

        Args:
            script: see the module; a step alone serves every connection.
            tls: speak TLS with this context.
            base: path at the end of ``url``.
            bound: a socket that is bound and does not listen yet, so that connections to it are refused.
        """
        super().__init__()
        self._script: Sequence[Steps] = [script] if isinstance(script, bytes) or callable(script) else script
        self._tls = tls
        self.settling = threading.Event()
        self.stopping = threading.Event()
        self.sent = 0
        self._lock = threading.Lock()
        self._closed: list[threading.Event] = []
        self._peers: list[Peer] = []
        self._threads: list[threading.Thread] = []
        self._accepting = True
        self._listener = bound or socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.listen(512)
        # A bounded buffer: a client cannot send megabytes to a server that does not read.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 262_144)
        self.port: int = self._listener.getsockname()[1]
        self.netloc = f"127.0.0.1:{self.port}"
        self.root = f"{'https' if tls else 'http'}://{self.netloc}"
        self.url = self.root + base
        self._acceptor = threading.Thread(target=self._accept, name="fault-server", daemon=True)
        self._acceptor.start()

    # ------------------------------------------------------------------------------------------------------ records

    @property
    def connections(self) -> int:
        """How many connections were accepted so far."""
        return len(self.received)

    @property
    def whole(self) -> list[Request]:
        """The requests that arrived whole."""
        return [request for request in self.requests if request.whole]

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def everything(self) -> bytes:
        """All bytes of all connections (after TLS), in one piece."""
        return b"\n".join(bytes(one) for one in list(self.received))

    def count_sent(self, count: int) -> None:
        with self._lock:
            self.sent += count

    def wait_closed(self, number: int, timeout: float = 20.0) -> bool:
        """Wait until the server has closed its sending side of connection ``number``."""
        return self._closed[number].wait(timeout)

    # ---------------------------------------------------------------------------------------------------- connections

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            if not self._accepting:
                sock.close()
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                peer = Peer(self, sock, len(self.received))
                self._peers.append(peer)
                self.received.append(peer.received)
                self._closed.append(threading.Event())
                thread = threading.Thread(target=self._serve, args=(peer,), name="fault-peer", daemon=True)
                self._threads.append(thread)
            thread.start()

    def start_tls(self, peer: Peer, context: ssl.SSLContext) -> None:
        try:
            peer.sock = context.wrap_socket(peer.sock, server_side=True)
        except (OSError, ValueError) as error:
            self.tls_failures.append(error)
            raise HangUp from None

    def _serve(self, peer: Peer) -> None:
        try:
            if self._tls:
                self.start_tls(peer, self._tls)
            perform(peer, self._script[min(peer.number, len(self._script) - 1)])
            peer.fin()
        except HangUp:
            pass
        finally:
            if peer.sock.fileno() >= 0:
                shut(peer.sock, socket.SHUT_WR)
            self._closed[peer.number].set()
            # Closing with unread bytes would send a reset after the response: read to the client's end first.
            peer.drain()
            peer.sock.close()

    # ------------------------------------------------------------------------------------------------------- the end

    def settle(self, timeout: float = 20.0) -> None:
        """Accept no more, and wait until the clients' connections are over and on record.

        For use after the client has been closed: connections that it keeps open are cut after ``timeout`` seconds.
        """
        self._stop_accepting()
        self.settling.set()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout)

    def _stop_accepting(self) -> None:
        if not self._acceptor.is_alive():
            return
        while select.select([self._listener], [], [], 0)[0]:
            self.stopping.wait(0.001)  # connections are still waiting to be accepted
        self._accepting = False
        with socket.socket() as knock:
            knock.connect(("127.0.0.1", self.port))
            self._acceptor.join()
        self._listener.close()

    def close(self) -> None:
        """Cut every connection and end every thread."""
        self.settling.set()
        self.stopping.set()
        self._stop_accepting()
        with self._lock:
            peers, threads = list(self._peers), list(self._threads)
        for peer, thread in zip(peers, threads, strict=True):
            while thread.is_alive():
                peer.kill()
                thread.join(0.05)

    def __enter__(self) -> FaultServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


# ------------------------------------------------------------------------------------------------------ what it sends


def reply(
    content: object = b"",
    status: int | str = 200,
    *headers: str,
    kind: str | None = "application/json",
    length: int | None = -1,
    version: str = "HTTP/1.1",
) -> bytes:
    """A well-formed response, unless told otherwise.

    Args:
        content: the body; what is not ``bytes`` is sent as JSON.
        status: the code, or the whole of what follows the version.
        headers: further header lines, as they are.
        kind: the content type; ``None`` sends none.
        length: what Content-Length says; -1 is the truth, ``None`` sends none.
        version: of the status line.
    """
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = [f"{version} {status if isinstance(status, str) else f'{status} Reason'}"]
    if kind is not None and body:
        lines.append(f"Content-Type: {kind}")
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += headers
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(*chunks: bytes, last: bytes = b"0\r\n\r\n", extension: bytes = b"") -> bytes:
    """A body in chunks; ``last`` is what stands at its end."""
    return b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks) + last


def in_chunks(body: bytes, *headers: str, status: int | str = 200) -> bytes:
    """A response whose ``body`` is in chunked form already."""
    head = reply(b"", status, "Content-Type: application/json", "Transfer-Encoding: chunked", *headers, length=None)
    return head + body


def user(user_id: int = 3, name: str = "alice", **more: object) -> dict[str, object]:
    """A user as Harbor sends one."""
    return {
        "admin_role_in_auth": False,
        "comment": "made by a test",
        "creation_time": "2026-01-02T03:04:05.678Z",
        "email": f"{name}@example.com",
        "realname": name.title(),
        "sysadmin_flag": False,
        "update_time": "2026-01-02T03:04:05.678Z",
        "user_id": user_id,
        "username": name,
        **more,
    }


def failure(code: str, message: str) -> dict[str, object]:
    """An error body in Harbor's form."""
    return {"errors": [{"code": code, "message": message}]}


OK = reply(user())
"""The right response to ``get_user(3)``."""
