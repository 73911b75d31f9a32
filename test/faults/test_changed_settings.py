"""Settings of connections that change after a client was made count for the next connection, and none is used again."""

from __future__ import annotations

import datetime
import ssl
import sys
import threading
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import harbor_client
from harbor_client.exceptions import TLSException
from support import tls
from support.clients import caught, users
from support.faultserver import OK, FaultServer, again, hold, read_request, send, signal


def test_verification_switched_on_and_off(tmp_path: Path) -> None:
    with FaultServer(again(OK), tls=tls.good_context()) as server, users(server) as api:
        settings = api.api_client.configuration
        caught(TLSException, lambda: api.get_user(3))
        settings.verify_ssl = False
        assert api.get_user(3).user_id == 3
        settings.verify_ssl = True
        caught(TLSException, lambda: api.get_user(3))
        settings.ssl_ca_cert = tls.ca_file(tmp_path)
        assert api.get_user(3).user_id == 3
        settings.ssl_ca_cert = tls.ca_file(tmp_path, tls.authority("other"), "other.pem")
        caught(TLSException, lambda: api.get_user(3))
        settings.ssl_ca_cert = None
        caught(TLSException, lambda: api.get_user(3))


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "verify_ssl": ({"verify_ssl": False}, {"verify_ssl": True}),
    "ssl_ca_cert": ({"ssl_ca_cert": "ca"}, {"ssl_ca_cert": "other"}),
    "assert_hostname": ({"ssl_ca_cert": "ca"}, {"assert_hostname": "harbor.example.com"}),
    "use_system_ca": ({"ssl_ca_cert": "ca"}, {"ssl_ca_cert": None, "use_system_ca": True}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_connection_of_other_settings_is_not_used_again(change: str, tmp_path: Path) -> None:
    files = {"ca": tls.ca_file(tmp_path), "other": tls.ca_file(tmp_path, tls.authority("other"), "other.pem")}
    before, after = ({name: files.get(str(value), value) for name, value in one.items()} for one in CHANGES[change])
    with FaultServer(again(OK), tls=tls.good_context()) as server, users(server, **before) as api:
        assert api.get_user(3).user_id == 3
        for name, value in after.items():
            setattr(api.api_client.configuration, name, value)
        caught(TLSException, lambda: api.get_user(3))
        assert len(server.requests) == 1
        for name in after:
            setattr(api.api_client.configuration, name, before.get(name, False if name == "use_system_ca" else None))
        assert api.get_user(3).user_id == 3


def test_nor_is_one_that_was_busy_when_they_changed() -> None:
    began, go_on = threading.Event(), threading.Event()
    with (
        FaultServer([[read_request, signal(began), hold(go_on), send(OK), *[again(OK)]], again(OK)]) as server,
        users(server) as api,
    ):
        call = api.get_user(3, async_req=True)
        assert began.wait(20)
        api.api_client.configuration.connection_pool_maxsize = 3
        assert api.get_user(3).user_id == 3
        go_on.set()
        assert call.get(20).user_id == 3
        assert server.connections == 2
        assert [api.get_user(3).user_id for _ in range(2)] == [3, 3]
        assert server.connections == 2


def test_other_settings_leave_connections_alone() -> None:
    with FaultServer(again(OK)) as server, users(server) as api:
        settings = api.api_client.configuration
        for name, value in (("password", "p"), ("username", "u"), ("timeout", 5), ("retries", 1), ("verify_ssl", True)):
            setattr(settings, name, value)
            assert api.get_user(3).user_id == 3
        assert server.connections == 1


def test_a_script_keeps_what_it_patched() -> None:
    with FaultServer(again(OK), tls=tls.good_context()) as server, users(server) as api:
        api.api_client.rest_client.pool_manager.connection_pool_kw["cert_reqs"] = ssl.CERT_NONE
        api.api_client.configuration.connection_pool_maxsize = 3
        assert api.get_user(3).user_id == 3


def test_a_proxy_set_later() -> None:
    with FaultServer(again(OK)) as proxy, users("http://harbor.invalid/api/v2.0") as api:
        api.api_client.configuration.proxy = f"http://{proxy.netloc}"
        assert api.get_user(3).user_id == 3
        assert proxy.requests[0].target == "http://harbor.invalid/api/v2.0/users/3"
        api.api_client.configuration.proxy = None
        caught(harbor_client.ConnectionException, lambda: api.get_user(3))
        assert len(proxy.requests) == 1


def test_connections_have_an_age_limit() -> None:
    with FaultServer(again(OK)) as server, users(server) as api:
        settings = api.api_client.configuration
        for limit, connections in ((None, 1), (harbor_client.Configuration().connection_max_idle, 2), (1e-9, 5)):
            settings.connection_max_idle = limit
            for _ in range(3):
                assert api.get_user(3).user_id == 3
            assert server.connections == connections


def test_one_of_the_variables_for_authorities_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with ``ssl.create_default_context``."""
    nothing = str(tmp_path / "missing")
    with FaultServer(again(OK), tls=tls.good_context()) as server:
        for file, folder in ((tls.ca_file(tmp_path), nothing), (nothing, tls.ca_directory(tmp_path))):
            monkeypatch.setenv("SSL_CERT_FILE", file)
            monkeypatch.setenv("SSL_CERT_DIR", folder)
            with users(server, trust_env=True) as api:
                assert api.get_user(3).user_id == 3
        monkeypatch.setenv("SSL_CERT_DIR", nothing)
        with users(server, trust_env=True) as api, pytest.raises(ValueError, match="SSL_CERT_FILE"):
            api.get_user(3)


def certificates_without_key_identifiers(folder: Path) -> tuple[str, ssl.SSLContext]:
    """An authority as some companies have it, and a server's context with a certificate of it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("Authority", "127.0.0.1")]
    paths = []
    for number, extension in enumerate(
        (
            x509.BasicConstraints(ca=True, path_length=None),
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
        )
    ):
        built = (
            x509.CertificateBuilder()
            .subject_name(names[number])
            .issuer_name(names[0])
            .public_key(keys[number].public_key())
            .serial_number(number + 1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(extension, critical=number == 0)
            .sign(keys[0], hashes.SHA256())
        )
        paths.append(folder / f"{number}.pem")
        private = keys[number].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        paths[-1].write_bytes(built.public_bytes(serialization.Encoding.PEM) + private * number)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths[1])
    return str(paths[0]), context


def test_strict_x509(tmp_path: Path) -> None:
    ca, context = certificates_without_key_identifiers(tmp_path)
    with FaultServer(again(OK), tls=context) as server, users(server, ssl_ca_cert=ca) as api:
        if sys.version_info >= (3, 13):
            error = caught(TLSException, lambda: api.get_user(3))
            assert error.outcome == "not_sent"
            assert "HARBOR_VERIFY_X509_STRICT=false" in str(error.hint)
        api.api_client.configuration.verify_x509_strict = False
        assert api.get_user(3).user_id == 3
