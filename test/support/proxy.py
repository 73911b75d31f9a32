"""A real proxy: it forwards plain HTTP by absolute URI, tunnels with CONNECT, asks for a password, and remembers.

A proxy that misbehaves is a plain ``FaultServer`` whose script answers the CONNECT, or a script that mixes the steps
of this module with those of ``faultserver``.
"""

import base64
import re
import select
import socket
import ssl
from urllib.parse import urlsplit

from support.faultserver import FaultServer, HangUp, Peer, Request, reply, shut


class Proxy(FaultServer):
    """A proxy on 127.0.0.1 that does its work."""

    def __init__(self, login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None) -> None:
        """Listen.

        Args:
            login: username and password that clients must give, or ``None`` for an open proxy.
            tls: speak TLS to the client with this context.
        """
        self.login = login
        self.forwarded: list[str] = []
        """Absolute URIs of plain requests that were passed on."""
        self.tunnels: list[str] = []
        """Authorities of the tunnels that were opened."""
        super().__init__(self._work, tls=tls, base="")

    def url_with(self, user: str, password: str) -> str:
        """The proxy's URL with user information, as people write it."""
        scheme, _, rest = self.root.partition("://")
        return f"{scheme}://{user}:{password}@{rest}"

    def _admits(self, request: Request) -> bool:
        if self.login is None:
            return True
        wanted = "Basic " + base64.b64encode(":".join(self.login).encode()).decode()
        return request.headers.get("proxy-authorization") == wanted

    def _work(self, peer: Peer) -> None:
        while True:
            request = peer.read_request()
            if not self._admits(request):
                peer.send(reply(b"who are you?", 407, 'Proxy-Authenticate: Basic realm="proxy"', kind="text/plain"))
            elif request.method == "CONNECT":
                self.tunnels.append(request.target)
                tunnel(peer, request.target)
                return
            else:
                self.forwarded.append(request.target)
                forward(peer, request)


def tunnel(peer: Peer, authority: str) -> None:
    """Answer the CONNECT and carry bytes both ways until one side ends."""
    host, _, port = authority.rpartition(":")
    try:
        upstream = socket.create_connection((host.strip("[]"), int(port)), timeout=10)
    except OSError:
        peer.send(reply(b"no route", 502, kind="text/plain"))
        return
    with upstream:
        upstream.settimeout(None)
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        left = peer.take(len(peer._unread))
        upstream.sendall(left)
        splice(peer, upstream)


def splice(peer: Peer, upstream: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    while not peer.server.stopping.is_set():
        waiting = isinstance(peer.sock, ssl.SSLSocket) and peer.sock.pending()
        try:
            ready = [peer.sock] if waiting else select.select([peer.sock, upstream], [], [], 0.1)[0]
            for source in ready:
                data = source.recv(65536)
                if not data:
                    shut(upstream, socket.SHUT_RDWR)
                    return
                if source is upstream:
                    peer.send(data)
                else:
                    peer.received += data
                    upstream.sendall(data)
        except (OSError, ValueError):
            raise HangUp from None


def forward(peer: Peer, request: Request) -> None:
    """Pass a plain request on, without what was meant for the proxy, and its response back."""
    target = urlsplit(request.target)
    path = target.path + (f"?{target.query}" if target.query else "")
    lines = request.head.decode("latin-1").split("\r\n")[1:]
    kept = [line for line in lines if not line.lower().startswith(("proxy-", "connection:"))]
    head = "\r\n".join([f"{request.method} {path} HTTP/1.1", "Connection: close", *kept])
    try:
        upstream = socket.create_connection((target.hostname or "", target.port or 80), timeout=10)
    except OSError:
        peer.send(reply(b"no route", 502, kind="text/plain"))
        return
    with upstream:
        try:
            upstream.sendall(head.encode("latin-1") + request.body)
            response = b""
            while b"\r\n\r\n" not in response and (data := upstream.recv(65536)):
                response += data
            peer.send(response)
            length = re.search(rb"\r\ncontent-length: *([0-9]+)\r\n", response, re.IGNORECASE)
            left = int(length[1]) - len(response.partition(b"\r\n\r\n")[2]) if length else -1
            while left and (data := upstream.recv(65536)):
                peer.send(data)
                left -= len(data)
        except OSError:
            raise HangUp from None
    if left:
        raise HangUp
