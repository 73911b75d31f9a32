"""The socket server: one thread a connection, a limit on their number, and a quick way out."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable

from ._faults import Fault
from ._messages import Request, Response
from ._wire import BadRequest, Closed, Connection, encode_response

__all__ = ["Server"]

#: What the application gives for a request: the answer, and the fault that is to happen to it.
Handler = Callable[[Request], "tuple[Response, Fault | None]"]

_OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_TOO_MANY = BadRequest(503, "too many connections").response
_PLAIN_ON_TLS = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


class Server:
    """Accepts connections and serves each in a thread of its own.

    Args:
        handler: answers a request.
        tls: for HTTPS, else None.
        max_connections: more at a time are answered 503 and closed.
        idle_timeout, read_timeout: see `Connection`.
    """

    def __init__(
        self,
        handler: Handler,
        tls: ssl.SSLContext | None,
        max_connections: int,
        idle_timeout: float,
        read_timeout: float,
    ) -> None:
        self._handler = handler
        self._tls = tls
        self._max_connections = max_connections
        self._idle_timeout = idle_timeout
        self._read_timeout = read_timeout
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None
        self._acceptor: threading.Thread | None = None

    def start(self, host: str, port: int) -> int:
        """Listen; returns the port. `OSError` when that cannot be had."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with contextlib.ExitStack() as undo:
            listener = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(512)
            listener.setblocking(False)
            wake = socket.socketpair()
            undo.enter_context(wake[0])
            undo.enter_context(wake[1])
            selector = undo.enter_context(selectors.DefaultSelector())
            selector.register(listener, selectors.EVENT_READ)
            selector.register(wake[0], selectors.EVENT_READ)
            undo.pop_all()
        self._stopping.clear()
        self._listener, self._wake = listener, wake
        self._acceptor = threading.Thread(
            target=self._accept, args=(listener, selector), name="fake-harbor", daemon=True
        )
        self._acceptor.start()
        bound_port: int = listener.getsockname()[1]
        return bound_port

    def stop(self) -> None:
        """Close all sockets and wait for all threads."""
        if self._acceptor is None or self._wake is None or self._listener is None:
            return
        self._stopping.set()
        self._wake[1].send(b"x")
        self._acceptor.join()
        with self._lock:
            open_ = list(self._connections.items())
        for connection, _ in open_:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has gone by itself
        for _, thread in open_:
            thread.join()
        for own in (*self._wake, self._listener):
            own.close()
        self._acceptor = self._wake = self._listener = None

    def _accept(self, listener: socket.socket, selector: selectors.BaseSelector) -> None:
        with selector:
            while True:
                selector.select()
                if self._stopping.is_set():
                    return
                try:
                    connection, _ = listener.accept()
                except OSError as error:
                    if error.errno in _OUT_OF_DESCRIPTORS:
                        time.sleep(0.05)  # until somebody hangs up
                    continue
                self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        connection.setblocking(True)
        thread = threading.Thread(target=self._serve, args=(connection,), name="fake-harbor-connection", daemon=True)
        with self._lock:
            if len(self._connections) < self._max_connections:
                self._connections[connection] = thread
        if connection not in self._connections:
            self._refuse(connection)
            return
        try:
            thread.start()
        except RuntimeError:  # no more threads to be had
            with self._lock:
                del self._connections[connection]
            self._refuse(connection)

    def _refuse(self, connection: socket.socket) -> None:
        with connection:
            if self._tls is None:
                connection.settimeout(0)
                try:
                    connection.send(encode_response(_TOO_MANY, head_only=False, chunks_allowed=False, close=True))
                except OSError:
                    pass  # nobody is listening

    def _serve(self, plain: socket.socket) -> None:
        try:
            with plain:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls is None:
                    self._talk(plain)
                else:
                    self._talk_tls(plain, self._tls)
        except OSError:
            pass  # the other side has gone
        finally:
            with self._lock:
                self._connections.pop(plain, None)

    def _talk_tls(self, plain: socket.socket, tls: ssl.SSLContext) -> None:
        plain.settimeout(self._read_timeout)
        first = plain.recv(1, socket.MSG_PEEK)
        if first.isalpha():
            plain.sendall(_PLAIN_ON_TLS)
            self._linger(plain)
            return
        if not first:
            return
        # `plain` stays the owner of the descriptor, so that `stop` can shut it down at any moment.
        with tls.wrap_socket(plain.dup(), server_side=True) as encrypted:
            self._talk(encrypted)

    def _talk(self, sock: socket.socket) -> None:
        connection = Connection(sock, self._idle_timeout, self._read_timeout)
        try:
            while not self._stopping.is_set():
                request = connection.read_request()
                response, fault = self._handler(request)
                if self._stopping.is_set() or (fault is not None and fault.close in ("before", "after")):
                    return
                data = encode_response(
                    response,
                    head_only=request.method == "HEAD",
                    chunks_allowed=connection.chunks_allowed,
                    close=not connection.keep_alive,
                )
                if fault is not None and fault.close == "during":
                    connection.send(data[: max(len(data) // 2, 1)])
                    return
                connection.send(data)
                if not connection.keep_alive:
                    return
        except BadRequest as bad:
            try:
                connection.send(encode_response(bad.response, head_only=False, chunks_allowed=False, close=True))
                self._linger(sock)
            except Closed:
                pass  # it does not want to know
        except Closed:
            pass  # that is how a connection ends

    def _linger(self, sock: socket.socket) -> None:
        """Take what is still coming in for a moment: closing at once would reset the connection, and the answer that
        says what was wrong would be lost."""
        sock.settimeout(0.2)
        try:
            sock.shutdown(socket.SHUT_WR)
            for _ in range(64):
                if self._stopping.is_set() or not sock.recv(65536):
                    return
        except OSError:
            pass  # silent or gone
