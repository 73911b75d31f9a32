"""How far scripts, and their tests, reach in: answers of their own, parts of urllib3, what stands behind attributes."""

from __future__ import annotations

import copy
import datetime
import io
import multiprocessing.pool
import socket
import ssl
from typing import Any
from unittest import mock

import certifi
import urllib3
from recorder import Answer
from stage import NOTHING, Stage, add, basic, case, differs, json_answer
from urllib3.connection import HTTPConnection

USER = json_answer({"user_id": 3, "username": "jana", "creation_time": "2026-11-24T01:02:03.456Z"})
TEXT = '{"user_id": 9, "username": "fake"}'


# Answers of their own: whatever has a status, data and getheaders().
class Bare:
    status, reason = 200, "OK"

    def __init__(self, data: object = TEXT) -> None:
        self.data = data

    def getheaders(self) -> dict[str, str]:
        return {"Location": "/users/9"}


class Rest:
    def GET(self, url: str, **keywords: object) -> Bare:
        return Bare()


def _mocked(data: object) -> mock.Mock:
    answer = mock.Mock(status=200, reason="OK", data=data)
    answer.getheaders.return_value = {"Location": "/users/9"}
    return answer


for label, data in {"text": TEXT, "bytes": TEXT.encode()}.items():
    for make in (Bare, _mocked):

        def _own_answer(stage: Stage, make: Any = make, data: object = data) -> object:
            client = stage.client()
            client.rest_client.GET = lambda url, **keywords: make(data)
            api = stage.package.UserApi(client)
            raw, status, headers = api.get_user_with_http_info(3, _preload_content=False)
            return [api.get_user(3), list(api.get_user_with_http_info(3)[1:]), raw.data, status, headers]

        add(f"reach/own-answer/{make.__name__.strip('_').lower()}-{label}", _own_answer)

for place in ("rest.RESTClientObject.request", "rest.RESTClientObject.GET", "ApiClient.request"):

    def _patched(stage: Stage, place: str = place) -> object:
        with mock.patch(f"{stage.package.__name__}.{place}", return_value=Bare()):
            return list(stage.api().get_user_with_http_info(3))

    add(f"reach/own-answer/of-{place}", _patched)


@case("reach/own-rest_client")
def _own_rest_client(stage: Stage) -> object:
    client = stage.client()
    client.rest_client = Rest()
    return list(stage.package.UserApi(client).get_user_with_http_info(3))


for label, rest in {"of-a-rest_client": Rest(), "of-a-GET": None}.items():

    def _own_page(stage: Stage, rest: Any = rest) -> object:
        client = stage.client()
        client.rest_client = rest or client.rest_client
        client.rest_client.GET = lambda url, **keywords: Bare("<html>")
        return stage.package.UserApi(client).get_user(3)

    add(
        f"reach/own-answer/page-{label}",
        _own_page,
        differs=differs("html-responses", "", ours={"error.type": "ApiException", "error.status": 200}),
    )


# urllib3, where generated clients have it.
def _raw(body: str = TEXT) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(body=body.encode(), status=200, reason="OK", headers={"A": "b"})


@case("reach/patched/rest.urllib3.PoolManager.request")
def _patched_request(stage: Stage) -> object:
    api = stage.api()
    with mock.patch(f"{stage.package.__name__}.rest.urllib3.PoolManager.request", return_value=_raw()) as request:
        return [api.list_users_with_http_info(q="a=b", _preload_content=False)[1:], _keywords(request)]


@case("reach/patched/rest.urllib3.PoolManager")
def _patched_manager(stage: Stage) -> object:
    with mock.patch(f"{stage.package.__name__}.rest.urllib3.PoolManager") as manager:
        manager.return_value.request.return_value = _raw()
        return [stage.api().get_user(3), _keywords(manager.return_value.request), manager.call_count]


def _keywords(request: mock.Mock) -> list[object]:
    """What a replaced `pool_manager.request` was given, but for the headers and what `_told` looks at."""
    given = {name: value for name, value in request.call_args.kwargs.items() if name in ("fields", "body")}
    if "fields" in given:
        given["fields"] = [[name, str(value)] for name, value in given["fields"] or []]
    return [list(request.call_args.args), given]


CALLS: dict[str, Any] = {
    "get_user": lambda api: api.get_user_with_http_info(3),
    "list_users": lambda api: api.list_users_with_http_info(page=2, q="k=[a~b]", sort="ž +", _preload_content=False),
    "create_user": lambda api: api.create_user_with_http_info({"username": "ž"}),
    "own-query": lambda api: api.api_client.call_api("/x?a=%20", "GET"),
    "text": lambda api: api.api_client.call_api("/x", "POST", {}, [], {"Content-Type": "text/plain"}, "žluť"),
}
for label, act in CALLS.items():

    def _given(stage: Stage, act: Any = act) -> object:
        api = stage.api()
        request = api.api_client.rest_client.pool_manager.request = mock.Mock(side_effect=lambda *_, **__: _raw())
        return [act(api)[1:], _keywords(request)]

    add(f"reach/given-to-pool_manager.request/{label}", _given)


@case(
    "reach/given-to-pool_manager.request/time-and-content",
    differs=[
        differs("one-deadline", "result.dict.timeout", ours={"result.dict.timeout": True}),
        differs("raw-response", "result.dict.preload_content", ours={"result.dict.preload_content": True}),
    ],
)
def _told(stage: Stage) -> object:
    api = stage.api()
    request = api.api_client.rest_client.pool_manager.request = mock.Mock(return_value=_raw())
    api.get_user(3, _preload_content=False)
    given = request.call_args.kwargs
    return {"timeout": given["timeout"] is not None, "preload_content": given["preload_content"]}


@case("reach/patched/HTTPConnectionPool.urlopen", USER)
def _patched_urlopen(stage: Stage) -> object:
    api = stage.api()
    with mock.patch("urllib3.connectionpool.HTTPConnectionPool.urlopen", return_value=_raw()) as urlopen:
        api.get_user(3)
    return urlopen.call_count


# A wrapped or own pool manager is no way round the rules for writes.
def _wrap(client: Any) -> None:
    manager = client.rest_client.pool_manager
    original = manager.request
    manager.request = lambda *positional, **keywords: original(*positional, **keywords)


class Manager(urllib3.PoolManager):
    def request(self, *positional: Any, **keywords: Any) -> Any:
        return super().request(*positional, **keywords)


def _replace(client: Any) -> None:
    client.rest_client.pool_manager = Manager()


ONCE = {"error.type": "ApiException", "requests.1": NOTHING}
for label, change in {"wrapped": _wrap, "subclass": _replace}.items():
    for call, answers, row in (
        ("redirected-post", (Answer(307, "Moved", (("Location", "/elsewhere"),)), Answer()), "redirects"),
        ("dropped-put", (Answer(hang_up=True), Answer()), "writes-once"),
    ):

        def _write(stage: Stage, change: Any = change, call: str = call) -> object:
            client = stage.client()
            change(client)
            api = stage.package.UserApi(client)
            profile = {"email": "e"}
            return api.create_user(profile) if call == "redirected-post" else api.update_user_profile(3, profile)

        add(f"reach/{label}-pool_manager/{call}", _write, *answers, differs=differs(row, "", ours=ONCE))
    add(
        f"reach/{label}-pool_manager/dropped-get",
        lambda stage, change=change: [change(client := stage.client()), stage.package.UserApi(client).get_user(3)],
        Answer(hang_up=True),
        USER,
    )


KEYWORDS: dict[str, Any] = {
    "socket_options": [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)],
    "timeout": urllib3.Timeout(5),
    "maxsize": 1,
    "block": True,
    "source_address": ("127.0.0.1", 0),
}
for name, value in KEYWORDS.items():

    def _keyword(stage: Stage, name: str = name, value: Any = value) -> object:
        client = stage.client()
        client.rest_client.pool_manager.connection_pool_kw[name] = value
        return stage.package.UserApi(client).get_user(3)

    add(f"reach/connection_pool_kw/{name}", _keyword, USER)
for verify in (True, False):
    add(
        f"reach/connection_pool_kw/cert_reqs-{verify}",
        lambda stage, verify=verify: [
            stage.client(verify_ssl=verify).rest_client.pool_manager.connection_pool_kw["cert_reqs"] == mode
            for mode in (ssl.CERT_REQUIRED, ssl.CERT_NONE)
        ],
    )
add(
    "reach/connection_pool_kw/ca_certs",
    lambda stage: stage.client().rest_client.pool_manager.connection_pool_kw.get("ca_certs") == certifi.where(),
    differs=differs("authorities-later", "result", ours={"result": False}),
)
add(
    "reach/connection_pool_kw/ca_certs-given",
    lambda stage: stage.client(ssl_ca_cert=stage.file("ca", b"")).rest_client.pool_manager.connection_pool_kw[
        "ca_certs"
    ],
)


@case(
    "reach/proxy-with-credentials",
    USER,
    differs=differs(
        "proxy-credentials",
        "requests.0.headers.proxy-authorization",
        ours={"requests.0.headers.proxy-authorization.0": basic("u", "p")},
    ),
)
def _proxy_credentials(stage: Stage) -> object:
    client = stage.client(proxy=f"http://u:p@127.0.0.1:{stage.server.port}", host="http://harbor.invalid/api/v2.0")
    return stage.package.UserApi(client).get_user(3)


MODULES = ("json", "io", "six", "certifi")
add(
    "reach/modules-of-rest",
    lambda stage: {name: hasattr(stage.package.rest, name) for name in MODULES},
    differs=differs("own-imports", "result.dict", ours={f"result.dict.{name}": False for name in MODULES}),
)


# Answers, looked at closely.
@case("reach/raw/url", USER)
def _url(stage: Stage) -> object:
    raw = stage.api().list_users(q="a=b", _preload_content=False)
    return [raw.url, raw.geturl(), raw.closed, raw.version, raw.info(), isinstance(raw, urllib3.HTTPResponse)]


@case("reach/raw/read", USER)
def _read(stage: Stage) -> object:
    api = stage.api()
    with api.get_user(3, _preload_content=False) as raw:
        parts = [raw.read(5), raw.tell(), raw.readable()]
    text = io.TextIOWrapper(api.get_user(3, _preload_content=False), "utf-8").read()
    lines = list(api.get_user(3, _preload_content=False))
    return [parts, text, lines, b"".join(api.get_user(3, _preload_content=False).stream(4))]


@case("reach/last_response/is-a-file", USER, differs=differs("responses-no-files", "result", ours={"result": False}))
def _is_file(stage: Stage) -> object:
    client = stage.client()
    stage.package.UserApi(client).get_user(3)
    return isinstance(client.last_response, io.IOBase)


add(
    "reach/last_response/before-any",
    lambda stage: getattr(stage.client(), "last_response", "not there"),
    differs=differs("last-response", "result", ours={"result": None}),
)


@case("reach/async-result", USER, differs=differs("async-results", "result", ours={"result": False}))
def _async_result(stage: Stage) -> object:
    pending = stage.api().get_user(3, async_req=True)
    pending.wait(30)
    return isinstance(pending, multiprocessing.pool.AsyncResult)


@case("reach/dates/kind-of-zone", USER, differs=differs("time-zones", "result", ours={"result": True}))
def _zone(stage: Stage) -> object:
    return isinstance(stage.api().get_user(3).creation_time.tzinfo, datetime.timezone)


@case("reach/dates/use", USER)
def _dates(stage: Stage) -> object:
    moment = stage.api().get_user(3).creation_time
    now = datetime.datetime(2026, 11, 25, tzinfo=datetime.timezone.utc)
    return [str(moment), moment.strftime("%d.%m.%Y %H:%M %z"), moment.tzname(), (now - moment).days, moment < now]


# Errors, looked at closely.
NOT_FOUND = json_answer({"errors": [{"code": "NOT_FOUND", "message": "no"}]}, 404, "Not Found")


@case(
    "reach/error/args", NOT_FOUND, differs=differs("exception-arguments", "result", ours={"result.list.1": "Not Found"})
)
def _args(stage: Stage) -> object:
    error = stage.attempt(lambda: stage.api().get_user(3))
    return list(error.args)  # type: ignore[attr-defined]


@case("reach/error/copy", NOT_FOUND)
def _copy_error(stage: Stage) -> object:
    error: Any = stage.attempt(lambda: stage.api().get_user(3))
    return [copy.copy(error), copy.deepcopy(stage.package.rest.ApiException(status=1, reason="r"))]


@case(
    "reach/error/repeats-the-password",
    json_answer({"errors": [{"message": "Pass-Word-1 is too weak"}]}, 400, "Bad Request"),
    differs=differs(
        "secrets-masked", "error.body", ours={"error.body": '{"errors":[{"message":"*** is too weak"}]}\n'}
    ),
)
def _repeats(stage: Stage) -> object:
    return stage.api().create_user({"username": "u", "password": "Pass-Word-1"})


# Models, looked at closely.
@case("reach/model/private-attributes", USER)
def _private(stage: Stage) -> object:
    user = stage.api().get_user(3)
    request = stage.package.UserCreationReq(username="jana")
    request._email = "x" * 300
    return [
        user._username,
        user._creation_time,
        request._username,
        len(request.email),
        request.to_dict()["email"] == request.email,
    ]


@case("reach/model/vars", differs=differs("model-attributes", "result"))
def _vars(stage: Stage) -> object:
    profile = stage.package.UserProfile(email="e")
    profile.extra = 1
    return [sorted(vars(profile)), isinstance(stage.package.UserProfile.email, property)]


@case("reach/model/to_dict-nested", differs=differs("to-dict-throughout", "result"))
def _nested(stage: Stage) -> object:
    package = stage.package
    inner = package.Permission(resource="r")
    return [
        package.UserResp(oidc_user_meta={"a": [inner]}).to_dict()["oidc_user_meta"],
        package.UserResp(oidc_user_meta=[[inner], {"a": inner}]).to_dict()["oidc_user_meta"],
    ]


@case("reach/configuration/default-of-a-subclass")
def _default_of_subclass(stage: Stage) -> object:
    base = stage.package.Configuration

    class Mine(base):  # type: ignore[misc, valid-type]
        pass

    Mine.set_default(stage.configuration(username="mine"))
    return [Mine().username, base().username, stage.package.UserProfile()._configuration.username]


for label, value in {"list": ["a", "b"], "tuple": ("a",), "dict": {"a": "b"}}.items():

    def _header(stage: Stage, value: Any = value) -> object:
        client = stage.client()
        client.set_default_header("X-A", value)
        return stage.package.UserApi(client).get_user(3)

    add(f"reach/default-header/{label}", _header, USER)
