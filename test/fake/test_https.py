"""HTTPS with a certificate authority made on the spot."""

import http.client
import os
import socket
import ssl
import stat
from pathlib import Path

import pytest

from harbor_client.testing import FakeHarbor, _certificates as certificates
from support.rawhttp import basic


def _get(harbor: FakeHarbor, context: ssl.SSLContext, host: str = "127.0.0.1") -> int:
    connection = http.client.HTTPSConnection(host, harbor.port, timeout=20, context=context)
    try:
        connection.request("GET", "/api/v2.0/users/1", headers={"Authorization": basic("admin", "Harbor12345")})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def _strict(ca_file: str) -> ssl.SSLContext:
    """Verifies as Python does by default from 3.13 on."""
    context = ssl.create_default_context(cafile=ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def test_https() -> None:
    with FakeHarbor(https=True) as harbor:
        assert harbor.url == f"https://127.0.0.1:{harbor.port}/api/v2.0"
        context = _strict(harbor.ca_cert)
        for host in ("127.0.0.1", "localhost"):
            assert _get(harbor, context, host) == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            _get(harbor, ssl.create_default_context())
        path = Path(harbor.ca_cert)
        assert "BEGIN CERTIFICATE" in path.read_text()
        assert "PRIVATE" not in path.read_text()
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not path.parent.exists()


def test_each_has_an_authority_of_its_own() -> None:
    with FakeHarbor(https=True) as one, FakeHarbor(https=True) as other:
        with pytest.raises(ssl.SSLCertVerificationError):
            _get(other, _strict(one.ca_cert))
        assert _get(other, _strict(other.ca_cert)) == 200


def test_another_host() -> None:
    with FakeHarbor(https=True, host="127.0.0.2") as harbor:
        assert harbor.root_url.startswith("https://127.0.0.2:")
        assert _get(harbor, _strict(harbor.ca_cert), "127.0.0.2") == 200


def test_http_is_told_so() -> None:
    with FakeHarbor(https=True) as harbor, socket.create_connection((harbor.host, harbor.port), 20) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while part := plain.recv(4096):
            answer += part
        assert answer == b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x00\x05hello", b"\x00" * 100])
def test_bad_handshakes_do_no_harm(sent: bytes) -> None:
    with FakeHarbor(https=True) as harbor:
        with socket.create_connection((harbor.host, harbor.port), 20) as plain:
            plain.sendall(sent)
            try:
                plain.shutdown(socket.SHUT_WR)
                while plain.recv(4096):
                    pass
            except OSError:
                pass  # it was closed before all was read
        assert _get(harbor, _strict(harbor.ca_cert)) == 200


def test_a_silent_handshake_is_given_up_and_does_not_keep_it_from_stopping() -> None:
    descriptors = len(os.listdir("/proc/self/fd"))
    with (
        FakeHarbor(https=True, idle_timeout=0.05) as harbor,
        socket.create_connection((harbor.host, harbor.port)) as plain,
    ):
        plain.settimeout(20)
        plain.sendall(b"\x16")
        assert plain.recv(1) == b""
    with FakeHarbor(https=True) as harbor:
        silent = socket.create_connection((harbor.host, harbor.port), 20)
        silent.sendall(b"\x16")
        assert _get(harbor, _strict(harbor.ca_cert)) == 200
    silent.close()
    assert len(os.listdir("/proc/self/fd")) <= descriptors  # what earlier tests dropped may have been collected


def test_cookies_are_for_https_only() -> None:
    with FakeHarbor(https=True) as harbor:
        context = _strict(harbor.ca_cert)
        connection = http.client.HTTPSConnection("localhost", harbor.port, timeout=20, context=context)
        connection.request("GET", "/api/v2.0/users", headers={"Cookie": "sid=1"})
        cookie = connection.getresponse().getheader("Set-Cookie") or ""
        connection.close()
        assert cookie.endswith("; HttpOnly; Secure; SameSite=Strict")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of a process with threads
def test_a_forked_process_takes_nothing_away() -> None:
    with FakeHarbor(https=True) as harbor:
        child = os.fork()
        if not child:
            harbor.stop()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert _get(harbor, _strict(harbor.ca_cert)) == 200


def test_the_files_are_gone_when_the_port_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with FakeHarbor() as harbor, pytest.raises(OSError, match="in use"):
        FakeHarbor(https=True, port=harbor.port).start()
    assert list(tmp_path.iterdir()) == []


def test_lengths_and_numbers_are_encoded_as_der() -> None:
    assert certificates._der(0x04, b"x" * 127)[:2] == b"\x04\x7f"
    assert certificates._der(0x04, b"x" * 128)[:3] == b"\x04\x81\x80"
    assert certificates._der(0x04, b"x" * 256)[:4] == b"\x04\x82\x01\x00"
    assert certificates._integer(0) == b"\x02\x01\x00"
    assert certificates._integer(127) == b"\x02\x01\x7f"
    assert certificates._integer(128) == b"\x02\x02\x00\x80"


def test_points_of_the_curve() -> None:
    x, y = certificates._multiple_of_g(2)
    assert x == 0x7CF27B188D034F7E8A52380304B51AC3C08969E277F21B35A60B48FC47669978
    assert y == 0x07775510DB8ED040293D9AC69F7430DBBA7DADE63CE982299E04B79D227873D1
    assert certificates._multiple_of_g(certificates._N + 1) == certificates._G
    assert certificates._add(certificates._G, (certificates._G[0], -certificates._G[1] % certificates._P)) is None
