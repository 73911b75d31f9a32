"""Wrong arguments and settings, TLS, proxies, other origins: no error and no other server gets a secret."""

from __future__ import annotations

import base64
import copy
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import harbor_client
from harbor_client import ApiClient, ApiException, Configuration, UserApi, Users, models, passwords
from support import tls
from support.canaries import SHAPES, Marks, caught, client, echo, operations, writings
from support.faultserver import FaultServer, Request, again, read_request, reply, respond
from support.recorder import Hunt, all_output, assert_hidden, hunting, mark, odd_mark

NOWHERE = "http://127.0.0.1:1/api/v2.0"
LONE = "\udc80"
"""A lone surrogate, which cannot be encoded."""

#: Mistakes with a secret in them, which raise.
WRONG_SETTINGS: dict[str, Callable[[str], Any]] = {
    "password no Unicode": lambda secret: Configuration(password=secret + LONE),
    "password a list": lambda secret: Configuration(password=[secret]),  # type: ignore[arg-type]
    "password no UTF-8": lambda secret: Configuration(password=secret.encode() + b"\xff"),  # type: ignore[arg-type]
    "key_password no Unicode": lambda secret: Configuration(key_password=secret + LONE),
    "key_password a list": lambda secret: Configuration(key_password=[secret]),  # type: ignore[arg-type]
    "user information in host": lambda secret: Configuration(f"http://u:{secret}@127.0.0.1/api/v2.0"),
    "secret in the query of host": lambda secret: Configuration(f"http://127.0.0.1/api/v2.0?token={secret}"),
    "another setting": lambda secret: Configuration(NOWHERE, "admin", secret, timeout=-1),
    "unknown setting": lambda secret: Configuration(NOWHERE, "admin", secret, tiemout=1),  # type: ignore[call-arg]
    "proxy without host": lambda secret: Configuration(proxy=f"http://u:{quote(secret)}@:80"),
    "proxy of another scheme": lambda secret: Configuration(proxy=f"socks5://u:{quote(secret)}@127.0.0.1:1"),
    "proxy with a wrong port": lambda secret: Configuration(proxy=f"http://u:{quote(secret)}@127.0.0.1:port"),
    "proxy with brackets": lambda secret: Configuration(proxy=f"http://u:{quote(secret)}@[127.0.0.1"),
    "proxy no Unicode": lambda secret: Configuration(proxy=f"http://u:{quote(secret)}{LONE}@127.0.0.1:1"),
    "environment": lambda secret: Configuration.from_env({"HARBOR_URL": f"http://u:{secret}@127.0.0.1"}),
    "environment, password": lambda secret: Configuration.from_env({"HARBOR_PASSWORD": secret + LONE}),
    "environment, beside": lambda secret: Configuration.from_env({"HARBOR_PASSWORD": secret, "HARBOR_TIMEOUT": "x"}),
    "a text as configuration": lambda secret: ApiClient(f"http://u:{secret}@127.0.0.1"),  # type: ignore[arg-type]
    "attribute": lambda secret: setattr(Configuration(), "password", {secret}),
}


@pytest.mark.parametrize("name", WRONG_SETTINGS)
def test_wrong_settings(name: str) -> None:
    secret = mark("setting")
    with all_output() as output:
        error = caught(WRONG_SETTINGS[name], secret)
    assert isinstance(error, (ValueError, TypeError))
    assert_hidden(Hunt({"setting": secret}), error, output)


M: Any = models


def call(api: UserApi, *what: Any, **how: Any) -> Any:
    """Call a path that no operation has."""
    return api.api_client.call_api(*what, **how)


#: Mistakes in arguments of calls, beside or in a it. ``M`` are the M.
WRONG_ARGUMENTS: dict[str, Callable[[UserApi, str], Any]] = {
    "password an object": lambda api, it: api.create_user(M.UserCreationReq(username="a", password=Opaque(it))),
    "password bytes, no UTF-8": lambda api, it: api.create_user(M.UserCreationReq(password=it.encode() + b"\xff")),
    "another field": lambda api, it: api.create_user(M.UserCreationReq(username=object(), password=it)),
    "too long": lambda api, it: api.create_user(M.UserCreationReq(username="x" * 256, password=it)),
    "unknown field": lambda api, it: M.PasswordReq(new_password=it, x=1),
    "a text as model": lambda api, it: api.update_user_password(3, it),
    "a list as model": lambda api, it: api.update_user_password(3, [it]),
    "a wrong id": lambda api, it: api.update_user_password("x", M.PasswordReq(it, it)),
    "no id": lambda api, it: api.set_cli_secret(None, M.OIDCCliSecretReq(it)),
    "an unknown option": lambda api, it: api.set_cli_secret(3, M.OIDCCliSecretReq(it), nothing=it),
    "a wrong timeout": lambda api, it: api.set_cli_secret(3, M.OIDCCliSecretReq(it), _request_timeout=it),
    "a control character": lambda api, it: api.get_user(3, x_request_id=f"a\r\nAuthorization: {it}"),
    "not Latin-1": lambda api, it: api.get_user(3, x_request_id=f"{it}€"),
    "a wrong id in the background": lambda api, it: api.update_user_password(
        3, M.PasswordReq(it, Opaque(it)), async_req=True
    ).get(30),
    "query no Unicode": lambda api, it: call(api, "/x", "GET", query_params=[("password", it + LONE)]),
    "path no Unicode": lambda api, it: call(api, "/{x}", "GET", {"x": it + LONE}),
    "form no Unicode": lambda api, it: call(
        api,
        "/x",
        "POST",
        header_params={"Content-Type": "application/x-www-form-urlencoded"},
        post_params=[("password", it + LONE)],
    ),
    "text no Unicode": lambda api, it: call(
        api, "/x", "POST", header_params={"Content-Type": "text/plain"}, body=it + LONE
    ),
    "body no JSON": lambda api, it: api.api_client.rest_client.POST(
        f"{NOWHERE}/x", headers={"X-Token": it}, body={"password": it, "x": {1}}
    ),
    "headers a text": lambda api, it: api.api_client.rest_client.GET(f"{NOWHERE}/x", headers=it),
    "URL": lambda api, it: api.api_client.rest_client.GET(f"http://u:{it}@127.0.0.1/x"),
    "URL without scheme": lambda api, it: api.api_client.rest_client.GET(f"u:{it}@127.0.0.1/x"),
    "a file that is not there": lambda api, it: api.api_client.prepare_post_parameters(
        {"password": it}, {"file": "/nowhere"}
    ),
    "authentication nowhere": lambda api, it: _authentication_nowhere(api, it),
    "api_key a text": lambda api, it: _with_key_as_text(api, it),
    "Users, weak": lambda api, it: Users(api).create("x", email="a@example.com", password=it * 9),
    "Users, no mail": lambda api, it: Users(api).ensure("x", password=it, state="nowhere"),
    "Users, rows": lambda api, it: Users(api).apply({"username": "x", "password": it}),
    "Users, as update_password": lambda api, it: Users(api).ensure("x", update_password=it),
    "Users, as on_error": lambda api, it: Users(api).apply([], on_error=it),
    "Users, as progress": lambda api, it: Users(api).apply([], progress=[it]),
    "Users, as sysadmin_flag": lambda api, it: Users(api).ensure("x", sysadmin_flag=it),
    "Users, rows of the text of a file": lambda api, it: Users(api).apply(f"username,password\rx,{it}\r"),
    "Users, file without names": lambda api, it: Users(api).apply(io.StringIO(f"{it},x,x@example.com\n")),
    "sanitize_for_serialization": lambda api, it: api.api_client.sanitize_for_serialization(
        {"password": it, "x": object()}
    ),
    "parameters_to_tuples": lambda api, it: api.api_client.parameters_to_tuples(
        [("password", it), ("x", 1)], {"x": "csv"}
    ),
    "to_dict": lambda api, it: M.Errors([{"password": it}, Refusing()]).to_dict(),
    "to_str": lambda api, it: M.Errors([{"password": it}, Refusing()]).to_str(),
    "==": lambda api, it: M.Errors([{"password": it}, Refusing()]) == M.Errors(),
    "passwords.check": lambda api, it: passwords.check([it]),
    "passwords.require": lambda api, it: passwords.require(it * 9),
}


class Opaque:
    """Something that JSON does not have, whose ``repr`` tells all."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Refusing:
    """A model of a script's own that cannot be shown."""

    swagger_types = attribute_map = {"x": "x"}

    def to_dict(self) -> None:
        raise TypeError("not to be shown")


def _authentication_nowhere(api: UserApi, secret: str) -> None:
    configuration = api.api_client.configuration
    setting = {"type": "basic", "in": "cookie", "key": "X", "value": secret}
    configuration.auth_settings = lambda: {"basic": setting}  # type: ignore[method-assign]
    api.api_client.update_params_for_auth({"X-Key": secret}, [("password", secret)], ["basic"])


def _with_key_as_text(api: UserApi, secret: str) -> None:
    api.api_client.configuration.api_key = secret  # type: ignore[assignment]
    api.get_user(3)


@pytest.mark.parametrize("name", WRONG_ARGUMENTS)
def test_wrong_arguments(name: str) -> None:
    secret = mark("argument")
    with all_output() as output, ApiClient(Configuration(NOWHERE, "admin", secret, trust_env=False)) as made:
        error = caught(WRONG_ARGUMENTS[name], UserApi(made), secret)
    assert isinstance(error, (ValueError, TypeError, OSError, ApiException))
    assert_hidden(Hunt({"argument": secret}), error, output)


def test_api_key_as_text_is_masked_and_no_error() -> None:
    secret = mark("key")
    with FaultServer(again(respond(echo(400, str)))) as server, ApiClient(Configuration(server.url)) as made:
        made.configuration.api_key = secret  # type: ignore[assignment]
        made.set_default_header("X-Mine", secret)
        error = caught(UserApi(made).get_user, 3)
    assert isinstance(error, harbor_client.BadRequestException)
    assert_hidden(Hunt({"key": secret}), error)


# --------------------------------------------------------------------------------------------- TLS, proxies, origins


@pytest.mark.parametrize("shape", SHAPES)
def test_tls_failures(tmp_path: Path, shape: str) -> None:
    marks = Marks.of(shape)
    certificate, key = tls.client_files(tmp_path, password="another")
    with hunting(marks.hunt()) as hunt, FaultServer(again(reply()), tls=tls.good_context()) as server:
        unknown = {"ssl_ca_cert": tls.ca_file(tmp_path, tls.authority("another"))}
        locked = {"ssl_ca_cert": tls.ca_file(tmp_path, name="right.pem"), "cert_file": certificate, "key_file": key}
        for settings in (unknown, locked):
            for name, (do, _) in operations(marks).items():
                with client(server.url, marks, **settings) as made:
                    error = caught(do, UserApi(made))
                    assert isinstance(error, (harbor_client.TLSException, ValueError))
                    hunt.error(f"the error of {name}", error)
        assert not server.requests


def _asking(request: Request) -> bytes:
    """Username and password, as the proxy reads them."""
    return base64.b64decode(request.headers["proxy-authorization"].partition(" ")[2])


PROXIES: dict[str, Any] = {
    "asks for a login": again(respond(echo(407, str))),
    "tells who asks": again(respond(lambda request: reply(_asking(request), 407))),
    "refuses": again(respond(echo("502", str))),
    "closes": read_request,
    "responses what no HTTP is": again(respond(lambda request: request.head)),
}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", PROXIES)
def test_proxies(name: str, shape: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set by hand, and by the environment."""
    marks = Marks.of(shape)
    secret = mark("proxy") if shape == "plain" else odd_mark("\"\\'<&>%/+= ?#é€😀")
    user = mark("proxyuser")
    with hunting(Hunt({**vars(marks), "proxy": secret, "user": user})) as hunt, FaultServer(PROXIES[name]) as server:
        url = f"http://{user}:{quote(secret, safe='')}@{server.netloc}"
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", url)
        for settings in ({"proxy": url}, {"trust_env": True}):
            with client(f"{scheme}://harbor.invalid/api/v2.0", marks, **settings) as made:
                for operation in ("get_user", "create_user"):
                    error = caught(operations(marks)[operation][0], UserApi(made))
                    assert isinstance(error, ApiException)
                    hunt.error(f"the error of {operation}", error)
                for shown in (made.configuration, made.rest_client, made.rest_client.pool_manager, made):
                    for text in writings(shown):
                        hunt.text("what is shown", text)
    received = server.everything()
    assert b"Proxy-Authorization" in received
    if scheme == "https":  # the tunnel never came about: nothing but what is for the proxy went there
        assert b"\r\nAuthorization" not in received
        assert marks.token.encode("latin-1") not in received


def test_proxy_of_the_environment_that_is_no_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = mark("proxy")
    monkeypatch.setenv("HTTP_PROXY", f"http://u:{secret}{LONE}@127.0.0.1:1")
    error = caught(lambda: ApiClient(Configuration(NOWHERE, "admin", "p")))
    assert isinstance(error, ValueError)
    assert "HTTP_PROXY" in str(error)
    assert_hidden(Hunt({"proxy": secret}), error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_goes_to_another_origin(status: int) -> None:
    marks = Marks.of("odd")
    hunt = marks.hunt()
    with FaultServer(again(reply())) as elsewhere:
        response = again(reply(b"", status, f"Location: {elsewhere.url}/users/3"))
        with all_output() as output, FaultServer(response) as server, client(server.url, marks) as made:
            for name, (do, _) in operations(marks).items():
                error = caught(do, UserApi(made))
                assert isinstance(error, harbor_client.RedirectException)
                hunt.error(f"the error of {name}", error)
        elsewhere.settle()
    hunt.text("output", output)
    hunt.assert_nothing()
    assert not elsewhere.received


# --------------------------------------------------------------------------------------------------- what is shown


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_shown(shape: str) -> None:
    marks = Marks.of(shape)
    hunt = marks.hunt()

    class Mine(models.PasswordReq):
        """A script's own, which would rather show all."""

        swagger_types = {**models.PasswordReq.swagger_types, "new_password": "object"}
        _fields = {}

    own = Mine(old_password=marks.old_password, new_password=marks.new_password)
    own.extra = marks.parameter  # type: ignore[attr-defined]
    with client(NOWHERE, marks, proxy=f"http://u:{quote(marks.parameter, safe='')}@127.0.0.1:1") as made:
        configuration = made.configuration
        configuration.get_basic_auth_token()
        for shown in (
            configuration,
            copy.copy(configuration),
            pickle.loads(pickle.dumps(configuration)),
            configuration.to_debug_report(),
            made,
            made.rest_client,
            made.rest_client.pool_manager,
            made.pool,
            UserApi(made),
            Users(made),
            own,
            own.to_str(),
            copy.deepcopy(own),
            [own],
            {"a": (own,)},
            models.UserCreationReq(password=marks.new_user),
            models.OIDCCliSecretReq(secret=marks.cli_secret),
            models.UserResp(oidc_user_meta=models.OIDCUserInfo(secret=marks.stored_secret)),
            models.UserResp(oidc_user_meta={"secret": marks.stored_secret}),  # type: ignore[arg-type]
            harbor_client.UserRow("alice", password=marks.new_user) if hasattr(harbor_client, "UserRow") else None,
        ):
            for text in writings(shown):
                hunt.text(f"what a {type(shown).__name__} shows", text)
    hunt.assert_nothing()


def test_debugging_of_http_client_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch with which scripts watch other libraries."""
    from http.client import HTTPConnection

    monkeypatch.setattr(HTTPConnection, "debuglevel", 1)
    marks = Marks.of("plain")
    with hunting(marks.hunt()), FaultServer(again(reply())) as server, client(server.url, marks) as made:
        for name in ("create_user", "delete_user"):
            operations(marks)[name][0](UserApi(made))
    assert server.whole
