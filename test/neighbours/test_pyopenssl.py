"""pyOpenSSL in the place of the standard library's TLS: calls work."""

import ssl
from typing import Any

import pytest
import trustme

from support.clients import users
from support.faultserver import OK, FaultServer, again

pytest.importorskip("OpenSSL")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server(authority: trustme.CA) -> FaultServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return FaultServer([[OK, OK], again(OK)], tls=context)


def test_injected_into_urllib3(authority: trustme.CA, tmp_path: Any) -> None:
    from urllib3.contrib import pyopenssl

    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    pyopenssl.inject_into_urllib3()
    try:
        with server(authority) as harbor, users(harbor, ssl_ca_cert=str(bundle), retries=2) as api:
            for _ in range(3):  # the third may find that the connection is being closed
                assert api.get_user(3).username == "alice"
    finally:
        pyopenssl.extract_from_urllib3()


def test_a_context_of_pyopenssl(authority: trustme.CA, tmp_path: Any) -> None:
    from urllib3.contrib.pyopenssl import PyOpenSSLContext

    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = PyOpenSSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(str(bundle))
    context.verify_mode = ssl.CERT_REQUIRED
    with server(authority) as harbor, users(harbor) as api:
        api.api_client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = context
        assert api.get_user(3).username == "alice"
        assert api.get_user(3).username == "alice"
