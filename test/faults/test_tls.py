"""F: TLS with real certificates. What is not trusted gets nothing of the request, and is not tried again."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

import harbor_client
from harbor_client.exceptions import ApiException, ConnectionException, ProtocolException, TLSException
from support import tls
from support.calls import CALLS, Call
from support.clients import GET, caught, check, users
from support.faultserver import OK, FaultServer, again, cut, read_request, reply, send


@pytest.fixture
def ca(tmp_path: Path) -> str:
    return tls.ca_file(tmp_path)


@pytest.fixture(scope="module")
def good() -> Iterator[FaultServer]:
    with FaultServer([again(OK)], tls=tls.good_context()) as server:
        yield server


def refused(server: FaultServer, call: Call = GET, retries: int = 3, **settings: Any) -> Any:
    """The call has to fail in the handshake: at the first try, with nothing of the request sent."""
    with server:
        with users(server, retries=retries, **settings) as api:
            error = caught(TLSException, lambda: call.make(api))
        server.settle()
    check(error, server)
    assert server.connections == 1
    assert not server.everything()
    assert error.outcome == "not_sent"
    assert isinstance(error.__cause__, Exception)
    return error


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown authority": ({"ca": "other"}, "ssl_ca_cert"),
    "another host": ({"hosts": ("harbor.example.com",)}, "name"),
    "another address": ({"hosts": ("127.0.0.2",)}, "name"),
    "a wildcard that does not reach": ({"hosts": ("*.example.com",)}, "name"),
    "expired": ({"days": (-30, -1)}, "clock"),
    "not yet valid": ({"days": (1, 30)}, "clock"),
}


@pytest.mark.parametrize(("made", "word"), BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("call", [GET, CALLS[0]], ids=str)
def test_bad_certificate(made: dict[str, Any], word: str, call: Call, ca: str) -> None:
    keywords = dict(made)
    if "ca" in keywords:
        keywords["ca"] = tls.authority(keywords["ca"])
    context = tls.server_context(*keywords.pop("hosts", ()), **keywords)
    error = refused(FaultServer([again(OK)], tls=context), call, ssl_ca_cert=ca)
    assert word in error.hint


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_no_operation_talks_to_an_unknown_authority(call: Call) -> None:
    refused(FaultServer([again(call.response)], tls=tls.good_context()), call)


def test_self_signed_is_unknown(tmp_path: Path, ca: str) -> None:
    own = tls.authority("lonely")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = tmp_path / "lonely.pem"
    pem.write_bytes(own.private_key_pem.bytes() + own.cert_pem.bytes())
    context.load_cert_chain(pem)
    error = refused(FaultServer([again(OK)], tls=context), ssl_ca_cert=ca)
    assert "ssl_ca_cert" in error.hint


def test_authority_that_is_none(ca: str) -> None:
    plain = tls.authority().issue_cert("localhost")
    with open(ca, "ab") as file:
        file.write(plain.cert_chain_pems[0].bytes())
    signer = trustme.CA.from_pem(plain.cert_chain_pems[0].bytes(), plain.private_key_pem.bytes())
    error = refused(FaultServer([again(OK)], tls=tls.server_context(ca=signer)), ssl_ca_cert=ca)
    assert "invalid CA certificate" in error.reason
    assert "reissued" in error.hint


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(version: ssl.TLSVersion, ca: str) -> None:
    context = tls.server_context(versions=(version, version))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with FaultServer([again(OK)], tls=context) as server:
        with users(server, ssl_ca_cert=ca) as api:
            error = caught(ConnectionException, lambda: api.get_user(3))
        server.settle()
    assert error.outcome == "not_sent"
    assert not server.everything()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3(version: ssl.TLSVersion, ca: str) -> None:
    context = tls.server_context(versions=(version, version))
    with FaultServer([again(OK)], tls=context) as server, users(server, ssl_ca_cert=ca) as api:
        assert [api.get_user(3).user_id for _ in range(2)] == [3, 3]
        assert server.connections == 1


@pytest.mark.parametrize("form", ["file", "file with others", "path", "folder"])
def test_ca(form: str, good: FaultServer, ca: str, tmp_path: Path) -> None:
    if form == "file with others":
        with open(ca, "ab") as bundle:
            bundle.write(b"\n# another\n" + tls.authority("other").cert_pem.bytes())
    given = {"path": Path(ca), "folder": tls.ca_directory(tmp_path)}.get(form, ca)
    with users(good, ssl_ca_cert=given) as api:
        assert api.get_user(3).user_id == 3


@pytest.mark.parametrize("form", ["{}", "/no/such/folder:{}", "{}:/no/such/folder", "file"])
def test_ca_by_environment(
    form: str, good: FaultServer, ca: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if form == "file":
        monkeypatch.setenv("SSL_CERT_FILE", ca)
    else:
        monkeypatch.setenv("SSL_CERT_DIR", form.format(tls.ca_directory(tmp_path)))
    with users(good, trust_env=True) as api:
        assert api.get_user(3).user_id == 3


def test_environment_is_not_read_when_it_is_not_trusted(ca: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca)
    refused(FaultServer([again(OK)], tls=tls.good_context()), trust_env=False)


def test_a_setting_beats_the_environment(tmp_path: Path, ca: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tls.ca_file(tmp_path, tls.authority("other"), "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", ca)
    refused(FaultServer([again(OK)], tls=tls.good_context()), trust_env=True, ssl_ca_cert=other)


def test_system_store_is_read_when_asked_for(good: FaultServer, ca: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSSL takes the place of the system's store from the same variables; trust_env keeps us from reading them."""
    monkeypatch.setenv("SSL_CERT_FILE", ca)
    with users(good, trust_env=False, use_system_ca=True) as api:
        assert api.get_user(3).user_id == 3


def test_verify_ssl_false(tmp_path: Path) -> None:
    for context in (tls.good_context(), tls.server_context("harbor.example.com", days=(-9, -1))):
        with FaultServer([again(OK)], tls=context) as server, users(server, verify_ssl=False) as api:
            assert api.get_user(3).user_id == 3


def test_verify_ssl_false_warns_of_nothing_and_changes_nothing_else(recwarn: pytest.WarningsRecorder) -> None:
    with FaultServer([again(OK)], tls=tls.good_context()) as server:
        with users(server, verify_ssl=False) as api:
            api.get_user(3)
    refused(FaultServer([again(OK)], tls=tls.good_context()))
    assert [str(one.message) for one in recwarn if "harbor" not in str(one.category)] == []


def test_assert_hostname(ca: str) -> None:
    context = tls.server_context("harbor.example.com")
    with FaultServer([again(OK)], tls=context) as server:
        with users(server, ssl_ca_cert=ca, assert_hostname="harbor.example.com") as api:
            assert api.get_user(3).user_id == 3
        with users(server, ssl_ca_cert=ca, assert_hostname=False) as api:
            assert api.get_user(3).user_id == 3
    error = refused(FaultServer([again(OK)], tls=context), ssl_ca_cert=ca, assert_hostname="other.example.com")
    assert "name" in error.hint


def test_assert_hostname_does_not_switch_trust_off() -> None:
    refused(FaultServer([again(OK)], tls=tls.server_context("harbor.example.com")), assert_hostname=False)


def test_name_in_the_certificate(ca: str) -> None:
    context = tls.server_context("localhost")
    with FaultServer([again(OK)], tls=context) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with users(url, ssl_ca_cert=ca) as api:
            assert api.get_user(3).user_id == 3


@pytest.mark.parametrize("password", [None, "key-password"])
def test_client_certificate(password: str | None, tmp_path: Path, ca: str) -> None:
    clients = tls.authority("clients")
    certificate, key = tls.client_files(tmp_path, clients, password)
    context = tls.server_context(clients=clients)
    with FaultServer([again(OK)], tls=context) as server:
        settings = {"ssl_ca_cert": ca, "cert_file": certificate, "key_file": key, "key_password": password}
        with users(server, **settings) as api:
            assert api.get_user(3).user_id == 3


def test_certificate_and_key_in_one_file(tmp_path: Path, ca: str) -> None:
    clients = tls.authority("clients")
    certificate, key = tls.client_files(tmp_path, clients)
    both = tmp_path / "both.pem"
    both.write_bytes(Path(certificate).read_bytes() + Path(key).read_bytes())
    with FaultServer([again(OK)], tls=tls.server_context(clients=clients)) as server:
        with users(server, ssl_ca_cert=ca, cert_file=str(both)) as api:
            assert api.get_user(3).user_id == 3


@pytest.mark.parametrize("which", ["none", "of a stranger"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("call", [GET, CALLS[0]], ids=str)
def test_missing_client_certificate(which: str, version: ssl.TLSVersion, call: Call, tmp_path: Path, ca: str) -> None:
    """With TLS 1.3 the refusal comes before or after the client has sent its request, which then may have left."""
    settings: dict[str, Any] = {"ssl_ca_cert": ca}
    if which != "none":
        settings["cert_file"], settings["key_file"] = tls.client_files(tmp_path, tls.authority("stranger"))
    context = tls.server_context(clients=tls.authority("clients"), versions=(version, version))
    with FaultServer([again(OK)], tls=context) as server:
        with users(server, **settings) as api:
            errors = [caught(TLSException, lambda: call.make(api)) for _ in range(10)]
        server.settle()
    assert not server.requests
    assert len(server.tls_failures) == server.connections
    for error in errors:
        check(error, server)
        assert "certificate" in error.hint
        assert error.outcome == "not_sent" or version == ssl.TLSVersion.TLSv1_3


NOT_TLS: dict[str, bytes] = {
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "zeros": b"\0" * 200,
    "an alert": b"\x15\x03\x03\x00\x02\x02\x28",
    "a cut record": b"\x16\x03\x03\x00\x7a\x02\x00",
    "nothing": b"",
}


@pytest.mark.parametrize("said", NOT_TLS.values(), ids=NOT_TLS.keys())
@pytest.mark.parametrize("call", [GET, CALLS[0]], ids=str)
def test_server_without_tls(said: bytes, call: Call, ca: str) -> None:
    with FaultServer([[send(said)]]) as server:
        with users(server.url.replace("http:", "https:"), ssl_ca_cert=ca) as api:
            error = caught(ConnectionException, lambda: call.make(api))
        server.settle()
    assert error.outcome == "not_sent"
    assert b"users" not in server.everything()
    if said.startswith(b"HTTP"):
        assert isinstance(error, TLSException)
        assert "http://" in error.hint


def test_http_to_a_tls_port() -> None:
    with FaultServer([again(OK)], tls=tls.good_context()) as server:
        with users(server.url.replace("https:", "http:")) as api:
            error = caught(ConnectionException, lambda: api.get_user(3))
        server.settle()
    assert error.outcome == "unknown"
    assert not server.requests


@pytest.mark.parametrize("missing", [1, 5, 20, 200])
def test_response_cut_on_tls(missing: int, ca: str) -> None:
    with FaultServer([[read_request, send(OK[:-missing]), cut]], tls=tls.good_context()) as server:
        with users(server, ssl_ca_cert=ca) as api:
            error = caught(ConnectionException, lambda: api.get_user(3))
    assert isinstance(error, ProtocolException)
    assert error.outcome == "unknown"


def test_body_until_closed_needs_tls_goodbye(ca: str) -> None:
    """Without a length, only close_notify tells the end of a response from an attacker's cut."""
    body = reply(b'[{"user_id": 3, "username": "alice"}]', length=None)
    with FaultServer([body], tls=tls.good_context()) as server, users(server, ssl_ca_cert=ca) as api:
        assert len(api.list_users()) == 1
    with FaultServer([[body, cut]], tls=tls.good_context()) as server, users(server, ssl_ca_cert=ca) as api:
        caught(ConnectionException, api.list_users)


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("ending", ["goodbye", "cut"])
def test_connection_closed_while_idle_is_replaced_on_tls(call: Call, ending: str, ca: str) -> None:
    steps = [call.response] if ending == "goodbye" else [call.response, cut]
    with FaultServer([steps], tls=tls.good_context()) as server, users(server, ssl_ca_cert=ca) as api:
        for number in range(2):
            call.make(api)
            assert server.wait_closed(number)
        assert server.connections == 2
        assert [request.whole for request in server.requests] == [True, True]


def test_extra_bytes_on_tls_never_become_the_next_response(ca: str) -> None:
    from support.faultserver import user

    script = again(OK + reply(user(66, "mallory")))
    with FaultServer([script], tls=tls.good_context()) as server, users(server, ssl_ca_cert=ca) as api:
        assert [api.get_user(3).user_id for _ in range(4)] == [3] * 4


def test_renegotiated_settings_are_per_client(ca: str, good: FaultServer) -> None:
    """Two clients, one that trusts and one that does not, do not share what they know."""
    with users(good, ssl_ca_cert=ca) as trusting, users(good) as doubting:
        assert trusting.get_user(3).user_id == 3
        caught(TLSException, lambda: doubting.get_user(3))
        assert trusting.get_user(3).user_id == 3


WRONG_FILES = {
    "ssl_ca_cert": {"ssl_ca_cert": "{missing}"},
    "cert_file": {"cert_file": "{missing}", "key_file": "{key}"},
    "key_file": {"cert_file": "{certificate}", "key_file": "{missing}"},
}


@pytest.mark.parametrize(("name", "settings"), WRONG_FILES.items(), ids=WRONG_FILES.keys())
def test_missing_files_are_errors_that_name_the_setting(
    name: str, settings: dict[str, str], tmp_path: Path, good: FaultServer
) -> None:
    certificate, key = tls.client_files(tmp_path)
    places = {"missing": str(tmp_path / "missing.pem"), "certificate": certificate, "key": key}
    before = len(good.requests)
    with pytest.raises((ValueError, TypeError)) as wrong:
        with users(good, **{key: value.format(**places) for key, value in settings.items()}) as api:
            api.get_user(3)
    assert name in str(wrong.value)
    assert not isinstance(wrong.value, ApiException)
    assert len(good.requests) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ssl_ca_cert", b""),
        ("ssl_ca_cert", b"not a certificate"),
        ("ssl_ca_cert", b"-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n"),
        ("cert_file", b"nonsense"),
        ("cert_file", b""),
    ],
    ids=["empty CA", "CA in prose", "broken CA", "certificate in prose", "empty certificate"],
)
def test_broken_files_are_errors_that_name_the_setting(
    name: str, content: bytes, tmp_path: Path, good: FaultServer, ca: str
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_bytes(content)
    settings = {"ssl_ca_cert": ca, name: str(broken)}
    with pytest.raises((ValueError, TypeError)) as wrong:
        with users(good, **settings) as api:
            api.get_user(3)
    assert name in str(wrong.value)


def test_key_that_does_not_fit(tmp_path: Path, good: FaultServer, ca: str) -> None:
    certificate, _ = tls.client_files(tmp_path)
    (tmp_path / "two").mkdir()
    _, key = tls.client_files(tmp_path / "two", tls.authority("stranger"))
    with (
        pytest.raises(ValueError, match="key_file"),
        users(good, ssl_ca_cert=ca, cert_file=certificate, key_file=key) as api,
    ):
        api.get_user(3)


@pytest.mark.parametrize("password", ["wrong-password", None], ids=["wrong", "none"])
def test_key_password(password: str | None, tmp_path: Path, good: FaultServer, ca: str) -> None:
    certificate, key = tls.client_files(tmp_path, password="right-password")
    settings = {"ssl_ca_cert": ca, "cert_file": certificate, "key_file": key, "key_password": password}
    with pytest.raises(ValueError, match="key") as wrong, users(good, **settings) as api:
        api.get_user(3)
    assert "wrong-password" not in str(wrong.value)


ENCRYPTED_KEY = """
import sys
import harbor_client

certificate, key = sys.argv[1:]
configuration = harbor_client.Configuration("https://127.0.0.1:9", "admin", cert_file=certificate, key_file=key)
try:
    harbor_client.UserApi(harbor_client.ApiClient(configuration)).get_user(3)
except ValueError as error:
    print("refused:", error)
"""


def test_no_question_for_the_key_on_the_terminal(tmp_path: Path) -> None:
    """OpenSSL asks there for a password that was not given, and nobody sits there."""
    certificate, key = tls.client_files(tmp_path, password="right-password")
    command = [sys.executable, "-c", ENCRYPTED_KEY, str(certificate), str(key)]
    done = subprocess.run(
        [sys.executable, "-c", f"import pty; pty.spawn({command})"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": str(Path(harbor_client.__file__).parents[1]), "PATH": ""},
    )
    assert done.stdout.startswith("refused: cert_file, key_file"), done.stdout + done.stderr


def test_one_context_for_a_client(ca: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Building one costs 20 ms: however many connections a client opens, it is built once."""
    made: list[object] = []
    original = ssl.SSLContext.__new__

    def counting(kind: Any, *arguments: Any, **keywords: Any) -> Any:
        made.append(kind)
        return original(kind, *arguments, **keywords)

    with FaultServer([[OK]], tls=tls.good_context()) as server, users(server, ssl_ca_cert=ca) as api:
        monkeypatch.setattr(ssl.SSLContext, "__new__", counting)
        for number in range(4):
            api.get_user(3)
            assert server.wait_closed(number)
        assert server.connections == 4
    assert len(made) == 1


def test_from_env(ca: str, good: FaultServer) -> None:
    environ = {"HARBOR_URL": good.root, "HARBOR_CA_CERT": ca, "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": "x"}
    configuration = harbor_client.Configuration.from_env(environ)
    with harbor_client.ApiClient(configuration) as client:
        assert harbor_client.UserApi(client).get_user(3).user_id == 3
