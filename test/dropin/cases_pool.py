"""What scripts set on the pool manager: repeats, and TLS, which the configuration sets as well."""

from __future__ import annotations

import ssl
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

import trustme
import urllib3
from recorder import Answer
from stage import NOTHING, Stage, add, case, differs, json_answer

USER = json_answer({"user_id": 3, "username": "jana"})
CREATION = {"username": "jana", "password": "Pass-Word-1"}


# Repeats set on the pool manager.
def _dropped(count: int) -> tuple[Answer, ...]:
    return (*[Answer(hang_up=True)] * count, USER)


RETRIES: dict[str, tuple[Any, int]] = {
    "zero-and-one-drop": (0, 1),
    "false-and-one-drop": (False, 1),
    "one-and-one-drop": (1, 1),
    "one-and-two-drops": (1, 2),
    "retry-object": (urllib3.Retry(total=2, backoff_factor=0), 1),
}
for label, (retries, drops) in RETRIES.items():

    def _retries(stage: Stage, retries: Any = retries) -> object:
        api = stage.api()
        api.api_client.rest_client.pool_manager.connection_pool_kw["retries"] = retries
        return api.get_user(3)

    fails = label in ("zero-and-one-drop", "false-and-one-drop", "one-and-two-drops")
    add(
        f"habits/retries/{label}",
        _retries,
        *_dropped(drops),
        differs=differs("library-errors", "error", ours={"error.type": "ApiException", "error.status": 0})
        if fails
        else (),
    )


@case(
    "habits/retries/never-a-write",
    *_dropped(2),
    differs=differs("writes-once", "", ours={"error.type": "ApiException", "requests.1": NOTHING}),
)
def _retries_write(stage: Stage) -> object:
    api = stage.api()
    api.api_client.rest_client.pool_manager.connection_pool_kw["retries"] = 5
    return api.update_user_profile(3, {})


# TLS set on the configuration or patched into the pool manager.
@lru_cache(maxsize=1)
def _authority() -> tuple[trustme.CA, str, str, str]:
    """A CA, the file of its certificate, and a client's certificate and key."""
    authority = trustme.CA()
    folder = Path(tempfile.mkdtemp(prefix="dropin-tls-"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    own = authority.issue_cert("client@example.com")
    own.cert_chain_pems[0].write_to_path(str(folder / "client.pem"))
    own.private_key_pem.write_to_path(str(folder / "client.key"))
    return authority, str(folder / "ca.pem"), str(folder / "client.pem"), str(folder / "client.key")


def _server(*names: str, ask: bool = False) -> Any:
    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _authority()[0].issue_cert(*names).configure_cert(context)
        if ask:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(_authority()[1])
        return context

    return make


RIGHT, WRONG, ASKING = _server("127.0.0.1"), _server("other.example.com"), _server("127.0.0.1", ask=True)
REFUSED = differs("library-errors", "error", ours={"error.type": "ApiException", "error.status": 0})
TLS: dict[str, tuple[Any, dict[str, Any], dict[str, Any], bool]] = {
    # name: (server, attributes of the configuration, keywords patched into the pool manager, refused)
    "unknown-authority": (RIGHT, {}, {}, True),
    "verify_ssl-off": (RIGHT, {"verify_ssl": False}, {}, False),
    "verify_ssl-off-wrong-name": (WRONG, {"verify_ssl": False}, {}, False),
    "ssl_ca_cert": (RIGHT, {"ssl_ca_cert": "CA"}, {}, False),
    "ssl_ca_cert-wrong-name": (WRONG, {"ssl_ca_cert": "CA"}, {}, True),
    "assert_hostname": (WRONG, {"ssl_ca_cert": "CA", "assert_hostname": "other.example.com"}, {}, False),
    "assert_hostname-off": (WRONG, {"ssl_ca_cert": "CA", "assert_hostname": False}, {}, False),
    "client-certificate": (ASKING, {"ssl_ca_cert": "CA", "cert_file": "CERT", "key_file": "KEY"}, {}, False),
    "patched-ca_certs": (RIGHT, {}, {"ca_certs": "CA"}, False),
    "patched-cert_reqs-none": (RIGHT, {}, {"cert_reqs": ssl.CERT_NONE}, False),
    "patched-cert_reqs-false": (RIGHT, {}, {"cert_reqs": False}, False),
    "patched-cert_reqs-text": (RIGHT, {}, {"cert_reqs": "CERT_NONE"}, False),
    "patched-cert_reqs-required": (RIGHT, {"verify_ssl": False}, {"cert_reqs": "CERT_REQUIRED"}, True),
    "patched-assert_fingerprint": (RIGHT, {"ssl_ca_cert": "CA"}, {"assert_fingerprint": "aa" * 32}, True),
    "patched-server_hostname": (WRONG, {"ssl_ca_cert": "CA"}, {"server_hostname": "other.example.com"}, False),
    "patched-assert_hostname": (WRONG, {"ssl_ca_cert": "CA"}, {"assert_hostname": False}, False),
    "patched-client-certificate": (ASKING, {"ssl_ca_cert": "CA"}, {"cert_file": "CERT", "key_file": "KEY"}, False),
}
for label, (server, attributes, patches, refused) in TLS.items():

    def _tls(stage: Stage, attributes: Any = attributes, patches: Any = patches) -> object:
        _, ca, certificate, key = _authority()
        real = {"CA": ca, "CERT": certificate, "KEY": key}

        def fill(values: dict[str, Any]) -> dict[str, Any]:
            return {name: real.get(str(value), value) for name, value in values.items()}

        urllib3.disable_warnings()
        client = stage.client(**fill(attributes))
        client.rest_client.pool_manager.connection_pool_kw.update(fill(patches))
        return stage.package.UserApi(client).create_user({})

    add(f"habits/tls/{label}", _tls, Answer(201, "Created"), tls=server, differs=REFUSED if refused else ())


@case("habits/tls/patched-then-cleared", USER, tls=RIGHT)
def _tls_cleared(stage: Stage) -> object:
    client = stage.client()
    api = stage.package.UserApi(client)
    first = stage.attempt(lambda: api.create_user({}))
    client.rest_client.pool_manager.connection_pool_kw["ca_certs"] = _authority()[1]
    client.rest_client.pool_manager.clear()
    return [isinstance(first, Exception), api.get_user(3)]


@case("habits/tls/replaced-pool_manager", USER, tls=RIGHT)
def _tls_replaced(stage: Stage) -> object:
    client = stage.client()
    client.rest_client.pool_manager = urllib3.PoolManager(ca_certs=_authority()[1], cert_reqs="CERT_REQUIRED")
    return stage.package.UserApi(client).get_user(3)


@case("habits/tls/patched-ssl_context", Answer(201, "Created"), tls=RIGHT)
def _tls_context(stage: Stage) -> object:
    client = stage.client()
    context = ssl.create_default_context(cafile=_authority()[1])
    client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = context
    return stage.package.UserApi(client).create_user({})


@case("habits/tls/patched-ca_cert_data", Answer(201, "Created"), tls=RIGHT)
def _tls_data(stage: Stage) -> object:
    client = stage.client()
    data = Path(_authority()[1]).read_text("ascii")
    client.rest_client.pool_manager.connection_pool_kw["ca_cert_data"] = data
    return stage.package.UserApi(client).create_user({})


@case(
    "habits/tls/warning",
    Answer(201, "Created"),
    tls=RIGHT,
    differs=differs("insecure-warning", "result", ours={"result.list": []}),
)
def _tls_warning(stage: Stage) -> object:
    api = stage.api(verify_ssl=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        api.create_user({})
    return [warning.category.__name__ for warning in caught]


@case(
    "habits/tls/verify_ssl-changed-too-late",
    tls=RIGHT,
    differs=differs("settings-later", "", ours={"error": NOTHING}),
)
def _tls_late(stage: Stage) -> object:
    client = stage.client()
    client.configuration.verify_ssl = False
    return stage.package.UserApi(client).create_user({})


@case(
    "habits/tls/certificates-of-the-environment",
    USER,
    tls=RIGHT,
    differs=differs("environment-certificates", "", ours={"result.model": "UserResp"}),
)
def _tls_environment(stage: Stage) -> object:
    with mock.patch.dict("os.environ", {"SSL_CERT_FILE": _authority()[1]}):
        return stage.api().get_user(3)
