"""SOCKS proxies, negotiated by the real PySocks with a small server."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

import harbor_client
from harbor_client.exceptions import ProxyException, TimeoutException
from harbor_client.testing import FakeHarbor


class SocksServer:
    """A SOCKS5 proxy that knows one host name, ``harbor.test``, and may want a login."""

    def __init__(self, harbor: FakeHarbor, login: tuple[str, str] | None = None, talks: bool | bytes = True) -> None:
        self.port_of_harbor = int(harbor.url.split(":")[2].split("/")[0])
        self.login = login
        self.talks = talks
        self.asked: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        servers.append(self)
        self.url = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve_and_close, args=(peer,), daemon=True).start()

    def _serve_and_close(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as reader:
            self._serve(peer, reader)

    def _serve(self, peer: socket.socket, reader: Any) -> None:
        if isinstance(self.talks, bytes):
            with suppress(OSError):  # the client has hung up
                for byte in self.talks:
                    peer.sendall(bytes([byte]))
                    time.sleep(0.2)
            return
        if not self.talks:
            reader.read()
            return
        _, count = reader.read(2)
        methods = reader.read(count)
        if self.login:
            peer.sendall(b"\x05\x02" if 2 in methods else b"\x05\xff")
            if 2 not in methods:
                return
            reader.read(1)
            name = reader.read(reader.read(1)[0]).decode()
            password = reader.read(reader.read(1)[0]).decode()
            peer.sendall(b"\x01\x00" if (name, password) == self.login else b"\x01\x01")
        else:
            peer.sendall(b"\x05\x00")
        kind = reader.read(4)[3:]
        if not kind:
            return
        host = reader.read(reader.read(1)[0]).decode() if kind == b"\x03" else socket.inet_ntoa(reader.read(4))
        (port,) = struct.unpack("!H", reader.read(2))
        self.asked.append(host)
        if host not in ("harbor.test", "127.0.0.1") or port == 1:
            peer.sendall(b"\x05\x05\x00\x01" + bytes(6))
            return
        with socket.create_connection(("127.0.0.1", self.port_of_harbor)) as server:
            peer.sendall(b"\x05\x00\x00\x01" + bytes(6))
            back = threading.Thread(target=self._pump, args=(server, peer), daemon=True)
            back.start()
            self._pump(peer, server)
            back.join()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


servers: list[SocksServer] = []


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor() as harbor:
        harbor.add_user("alice")
        yield harbor
    while servers:
        servers.pop().listener.close()


@contextmanager
def client(harbor: FakeHarbor, host: str = "", **settings: Any) -> Iterator[harbor_client.UserApi]:
    configuration = harbor.configuration()
    if host:
        configuration.host = f"http://{host}:{harbor.url.split(':')[2]}"
    for name, value in {"retries": 0, **settings}.items():
        setattr(configuration, name, value)
    with harbor_client.ApiClient(configuration) as made:
        yield harbor_client.UserApi(made)


def test_the_proxy_looks_the_name_up(harbor: FakeHarbor) -> None:
    server = SocksServer(harbor)
    with client(harbor, "harbor.test", proxy=f"socks5h://{server.url}") as api:
        assert api.get_user(3).username == "alice"
        assert api.get_user(3).username == "alice"
        pools = api.api_client.rest_client.pool_manager.pools
        (key,) = pools.keys()
        assert pools[key].pool.get().sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert server.asked == ["harbor.test"]


def test_the_client_looks_the_name_up(harbor: FakeHarbor) -> None:
    server = SocksServer(harbor)
    with client(harbor, proxy=f"socks5://{server.url}") as api:
        assert api.get_user(3).username == "alice"
    assert server.asked == ["127.0.0.1"]


def test_all_proxy_may_name_one_with_a_login(harbor: FakeHarbor, monkeypatch: pytest.MonkeyPatch) -> None:
    server = SocksServer(harbor, ("jo", "s3cret word"))
    monkeypatch.setenv("ALL_PROXY", f"socks5h://jo:s3cret%20word@{server.url}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with client(harbor, "harbor.test", trust_env=True) as api:
        assert api.get_user(3).username == "alice"
    monkeypatch.setenv("ALL_PROXY", f"socks5h://jo:wrong-s3cret@{server.url}")
    with client(harbor, "harbor.test", trust_env=True) as api, pytest.raises(ProxyException) as caught:
        api.delete_user(3)
    assert caught.value.outcome == "not_sent"
    assert "wrong-s3cret" not in str(caught.value) + repr(caught.value.__cause__)


def test_failures_are_the_proxys_and_nothing_was_sent(harbor: FakeHarbor) -> None:
    server = SocksServer(harbor)
    with client(harbor, "other.test", proxy=f"socks5h://{server.url}") as api:
        with pytest.raises(ProxyException) as caught:
            api.delete_user(3)
    assert caught.value.outcome == "not_sent"
    server.listener.close()
    with client(harbor, proxy="socks5h://127.0.0.1:1") as api, pytest.raises(ProxyException) as caught:
        api.delete_user(3)
    assert caught.value.outcome == "not_sent"
    silent = SocksServer(harbor, talks=False)
    with client(harbor, proxy=f"socks5h://{silent.url}", timeout=0.3) as api, pytest.raises(TimeoutException) as late:
        api.delete_user(3)
    assert late.value.outcome == "not_sent"


def test_a_pool_manager_of_a_script_for_a_proxy_that_is_down(harbor: FakeHarbor) -> None:
    from urllib3.contrib.socks import SOCKSProxyManager

    server = SocksServer(harbor)
    with client(harbor) as api:
        api.api_client.rest_client.pool_manager = SOCKSProxyManager(f"socks5h://{server.url}")
        assert api.get_user(3).username == "alice"
        api.api_client.rest_client.pool_manager = SOCKSProxyManager("socks5h://127.0.0.1:1")
        for call in (api.get_user, api.delete_user):
            with pytest.raises(harbor_client.ConnectionException) as caught:
                call(3)
            assert caught.value.outcome == "not_sent"
            assert not isinstance(caught.value, TimeoutException)
            assert "already been started" not in str(caught.value)


@pytest.mark.parametrize("whose", ["ours", "a script's"])
@pytest.mark.parametrize(
    "drips", [b"\x05\x00\x05\x00\x00\x03\xff" + bytes(300), b"\x05\x00\x05\x00\x00\x01" + bytes(300)]
)
def test_a_proxy_that_drips_is_bounded_by_the_deadline(harbor: FakeHarbor, whose: str, drips: bytes) -> None:
    from urllib3.contrib.socks import SOCKSProxyManager

    url = f"socks5h://{SocksServer(harbor, talks=drips).url}"
    with client(harbor, "harbor.test", proxy=url if whose == "ours" else None, timeout=1) as api:
        if whose != "ours":
            api.api_client.rest_client.pool_manager = SOCKSProxyManager(url)
        began = time.monotonic()
        with pytest.raises(TimeoutException):
            api.delete_user(3)
        assert time.monotonic() - began < 20
