"""At the margins of the generated client: helpers that it calls on itself, private names, arguments in odd forms."""

from __future__ import annotations

import copy
import datetime
import decimal
import gzip
import logging
import pathlib
from multiprocessing.pool import ThreadPool
from typing import Any, ClassVar
from unittest import mock

import urllib3
from recorder import Answer
from stage import NOTHING, Stage, add, case, differs, json_answer

USER = json_answer({"user_id": 3, "username": "jana"})
PARTS = {"Content-Type": "multipart/form-data"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


# Threads of the script's own.
@case("margins/pool/own", USER)
def _own_pool(stage: Stage) -> object:
    api = stage.api()
    api.api_client._pool = own = ThreadPool(2)
    user = api.get_user(3, async_req=True).get(30)
    own.close()
    own.join()
    return [user, api.api_client.pool is own]


@case("margins/pool/mocked")
def _mocked_pool(stage: Stage) -> object:
    api = stage.api()
    api.api_client._pool = mock.Mock()
    api.get_user(3, async_req=True)
    return api.api_client._pool.apply_async.call_count


# What the client calls on itself.
@case("margins/helper/deserialize-is-not-asked-for-nothing", Answer())
def _deserialize(stage: Stage) -> object:
    api = stage.api()
    api.api_client.deserialize = lambda response, kind: stage.attempt(lambda: [response.data, kind])
    return [api.update_user_profile(3, {}), api.create_user({}), api.get_user(3)]


@case("margins/helper/prepare_post_parameters")
def _prepare(stage: Stage) -> object:
    client = stage.client()
    client.prepare_post_parameters = lambda post_params=None, files=None: [("own", "1"), *post_params.items()]
    return client.call_api("/x", "POST", header_params=dict(FORM), post_params={"a": 1})


@case("margins/helper/parameters_to_tuples")
def _tuples(stage: Stage) -> object:
    client = stage.client()
    original = client.parameters_to_tuples
    client.parameters_to_tuples = lambda params, formats: [
        pair for pair in original(params, formats) if pair[0] != "dropped"
    ]
    return client.call_api("/x/{a}", "GET", {"a": 1}, [("dropped", 1), ("kept", 2)])


def _sanitize_of_subclass(stage: Stage) -> Any:
    class Client(stage.package.ApiClient):  # type: ignore[name-defined, misc]
        def sanitize_for_serialization(self, obj: Any) -> Any:
            if isinstance(obj, decimal.Decimal):
                return str(obj)
            return sorted(obj) if isinstance(obj, set) else super().sanitize_for_serialization(obj)

    return Client(stage.configuration())


def _sanitize_of_instance(stage: Stage) -> Any:
    client = stage.client()
    original = client.sanitize_for_serialization
    client.sanitize_for_serialization = lambda obj: (
        str(obj) if isinstance(obj, decimal.Decimal) else sorted(obj) if isinstance(obj, set) else original(obj)
    )
    return client


for make in (_sanitize_of_subclass, _sanitize_of_instance):

    def _sanitize(stage: Stage, make: Any = make) -> object:
        profile = stage.package.UserProfile(email=decimal.Decimal(2), comment="c")
        body = {"d": decimal.Decimal("1.5"), "s": [({2, 1}, None)], "m": profile, "day": datetime.date(2026, 1, 2)}
        return make(stage).call_api("/x", "POST", body=body)

    add(f"margins/helper/{make.__name__.strip('_')}", _sanitize)


@case("margins/helper/sanitize-of-text")
def _sanitize_text(stage: Stage) -> object:
    client = stage.client()
    original = client.sanitize_for_serialization
    client.sanitize_for_serialization = lambda obj: "changed" if obj == "text" else original(obj)
    return client.call_api("/x", "POST", header_params={"Content-Type": "text/plain"}, body="text")


@case("margins/private/deserialize")
def _private_deserialize(stage: Stage) -> object:
    decode = stage.client()._ApiClient__deserialize
    return [
        decode({"user_id": 1}, "UserResp"),
        decode([{"user_id": 1}], "list[UserResp]"),
        decode({"email": "e"}, stage.package.UserProfile),
        decode(None, "UserResp"),
        decode("2026-01-02T03:04:05Z", "datetime"),
    ]


@case("margins/private/call_api", USER)
def _private_call(stage: Stage) -> object:
    calls: list[object] = []
    original = stage.package.ApiClient._ApiClient__call_api

    def counted(self: Any, *positional: Any, **keywords: Any) -> object:
        calls.append(list(positional[:2]))
        return original(self, *positional, **keywords)

    with mock.patch.object(stage.package.ApiClient, "_ApiClient__call_api", counted):
        api = stage.api()
        users = [api.get_user(3), api.get_user(3, async_req=True).get(30)]
    return [users, calls, api.api_client._ApiClient__call_api("/x", "GET")]


add(
    "margins/private/others",
    lambda stage: [
        hasattr(stage.client(), "_ApiClient__deserialize_model"),
        hasattr(stage.configuration(), "_Configuration__debug"),
    ],
    differs=differs("private-names", "result", ours={"result.list": [False, False]}),
)
add("margins/private/_pool", lambda stage: vars(stage.client())["_pool"])


# Arguments in odd forms.
@case("margins/arguments/untouched", differs=differs("arguments-untouched", "result"))
def _untouched(stage: Stage) -> object:
    client, headers, query = stage.client(), dict(PARTS), list[Any]()
    fields: list[Any] = [("a", "1")]
    client.configuration.auth_settings = lambda: {"k": {"in": "query", "key": "k", "value": "v", "type": "api_key"}}
    client.call_api(
        "/x", "POST", {}, query, headers, None, fields, {"f": stage.file("a.txt", b"A")}, auth_settings=["k"]
    )
    client.prepare_post_parameters(fields, {"f": stage.file("b.txt", b"B")})
    return [sorted(headers), query, len(fields)]


FEWER = "fewer-failures"
ODD: dict[str, Any] = {
    "header-pairs": lambda stage: stage.client().call_api("/x", "GET", header_params=[("A", "1")]),
    "header-mapping": lambda stage: stage.client().call_api(
        "/x", "GET", header_params=urllib3.HTTPHeaderDict([("A", "1"), ("a", "2")])
    ),
    "rest-header-pairs": lambda stage: stage.client().rest_client.GET(f"{stage.server.url}/x", headers=[("A", "1")]),
    "form-and-files": lambda stage: stage.client().call_api(
        "/x",
        "POST",
        header_params=dict(PARTS),
        post_params={"a": "1"},
        files={"f": stage.file("a.txt", b"A")},
    ),
    "no-auth_settings": lambda stage: stage.api(auth_settings=lambda: None).create_user({}),
    "model-without-its-fields": lambda stage: stage.client().sanitize_for_serialization(Partial()),
}


class Partial:
    swagger_types: ClassVar = {"a": "int", "b": "int"}
    attribute_map: ClassVar[dict[str, str]] = {}
    a = 1


for label, act in ODD.items():
    add(f"margins/arguments/{label}", act, differs=differs(FEWER, "", ours={"error": NOTHING}))
add(
    "margins/arguments/answer-not-utf-8",
    lambda stage: stage.api().create_user({}),
    Answer(200, "OK", (), b"\xff"),
    differs=differs(FEWER, "", ours={"result": None, "error": NOTHING}),
)
add(
    "margins/arguments/header-float",
    lambda stage: stage.client().call_api("/x", "GET", header_params={"X-F": 1.5, "X-I": 5, "X-B": True}),
    differs=differs("header-none", "", ours={"error": NOTHING, "requests.0.headers.x-f": ["1.5"]}),
)
add(
    "margins/arguments/content-type-none",
    lambda stage: stage.client().rest_client.POST(f"{stage.server.url}/x", headers={"Content-Type": None}, body={}),
    differs=differs(
        "header-none", "", ours={"error": NOTHING, "requests.0.headers.content-type": ["application/json"]}
    ),
)
add(
    "margins/arguments/header-name-with-a-blank",
    lambda stage: stage.client().call_api("/x", "GET", header_params={"X A": "1"}),
    differs=differs("header-values", "", ours={"error.type": "ValueError", "requests": []}),
)
add(
    "margins/arguments/header-twice",
    lambda stage: stage.client().rest_client.GET(
        f"{stage.server.url}/x", headers=urllib3.HTTPHeaderDict([("A", "1"), ("a", "2")])
    ),
    differs=differs("one-header-a-name", "requests.0.headers.a", ours={"requests.0.headers.a": ["1, 2"]}),
)
for label, value in {"none": None, "empty": ""}.items():
    add(
        f"margins/arguments/path-{label}",
        lambda stage, v=value: stage.client().call_api("/x/{a}", "GET", {"a": v}),
        differs=differs("path-values", "", ours={"error.type": "ValueError", "requests": []}),
    )
BYTES = "bytes-are-text"
add(
    "margins/arguments/path-bytes",
    lambda stage: stage.client().call_api("/x/{a}", "GET", {"a": b"q"}),
    differs=differs(BYTES, "requests.0.target", ours={"requests.0.target": "/api/v2.0/x/q"}),
)
add(
    "margins/arguments/body-bytes",
    lambda stage: stage.client().call_api("/x", "POST", body={"a": b"q"}),
    differs=differs(BYTES, "", ours={"error": NOTHING, "requests.0.body": '{"a": "q"}'}),
)
add(
    "margins/arguments/user-name-bytes",
    lambda stage: stage.api(username=b"u", password=b"p").get_user(3),
    USER,
    differs=differs(BYTES, "", ours={"error": NOTHING, "requests.0.headers.authorization": ["Basic dTpw"]}),
)
add(
    "margins/arguments/form-bytes",
    lambda stage: stage.client().call_api("/x", "POST", header_params=dict(FORM), post_params={"a": b"\xff"}),
)
add(
    "margins/arguments/multipart-bytes",
    lambda stage: stage.client().call_api(
        "/x",
        "POST",
        header_params=dict(PARTS),
        post_params=[("f", ("n.bin", b"\xff\x00", "application/octet-stream")), ("g", b"\xfe")],
    ),
)
add("margins/arguments/binary-file", lambda stage: _upload(stage))


def _upload(stage: Stage) -> object:
    file = stage.file("a.bin", b"\x00\xff")
    return stage.client().call_api("/x", "POST", header_params=dict(PARTS), post_params=[("k", "v")], files={"f": file})


for label, url in {"bare": "", "query": "?a=1", "query-with-a-path": "?a=/x", "fragment": "#y"}.items():
    add(
        f"margins/url/no-path-{label}",
        lambda stage, u=url: stage.client().rest_client.GET(f"http://127.0.0.1:{stage.server.port}{u}"),
    )
add(
    "margins/url/user-info",
    lambda stage: stage.client().rest_client.GET(f"http://u:p@127.0.0.1:{stage.server.port}/x"),
    differs=differs("settings-checked", "", ours={"error.type": "ValueError", "requests": []}),
)
add(
    "margins/timeout/urllib3",
    lambda stage: stage.api().get_user(3, _request_timeout=urllib3.Timeout(5)),
    USER,
    differs=differs("timeout-values", "", ours={"error.type": "TypeError", "requests": []}),
)
add(
    "margins/pool-size/zero",
    lambda stage: stage.package.rest.RESTClientObject(stage.configuration(), 4, 0).pool_manager.connection_pool_kw[
        "maxsize"
    ],
)


# The pool manager, asked by the script.
@case(
    "margins/pool_manager/redirect",
    Answer(302, "Found", (("Location", "/y"),)),
    Answer(body=b"end"),
)
def _by_hand(stage: Stage) -> object:
    return stage.client().rest_client.pool_manager.request("GET", f"{stage.server.url}/x").status


@case(
    "margins/pool_manager/retry-of-statuses",
    json_answer({}, 500, "Internal Server Error"),
    USER,
    differs=differs("retry-objects", "", ours={"error.status": 500}),
)
def _statuses(stage: Stage) -> object:
    api = stage.api()
    retries = urllib3.Retry(3, status_forcelist=[500], backoff_factor=0)
    api.api_client.rest_client.pool_manager.connection_pool_kw["retries"] = retries
    return api.get_user(3)


@case(
    "margins/pool_manager/warnings",
    Answer(hang_up=True),
    USER,
    differs=differs("urllib3-silent", "result", ours={"result.list": []}),
)
def _warnings(stage: Stage) -> object:
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage().split(" ")[0])

    handler = Lines()
    logging.getLogger("urllib3").addHandler(handler)
    try:
        stage.api().get_user(3)
    finally:
        logging.getLogger("urllib3").removeHandler(handler)
    return lines


class Raw:
    status, reason, data, headers = 200, "OK", b'{"user_id": 8}', {"A": "b"}


@case(
    "margins/pool_manager/own-answer",
    differs=differs("response-made-by-hand", "result.list.1", ours={"result.list.1": "b"}),
)
def _own_answer(stage: Stage) -> object:
    client = stage.client()
    client.rest_client.pool_manager = mock.Mock()
    client.rest_client.pool_manager.request.return_value = Raw()
    user, _, headers = stage.package.UserApi(client).get_user_with_http_info(3)
    return [user, headers.get("a")]


@case("margins/mock/answers")
def _mock_answers(stage: Stage) -> object:
    client = stage.client()
    client.rest_client = mock.MagicMock()
    client.rest_client.GET.return_value.data = "[]"
    api = stage.package.UserApi(client)
    return [api.list_users(), api.update_user_profile(3, {}), api.create_user({}), api.delete_user(3)]


@case("margins/mock/ApiClient-of-user_api")
def _mock_default_client(stage: Stage) -> object:
    with mock.patch(f"{stage.package.__name__}.api.user_api.ApiClient") as made:
        return stage.package.UserApi().api_client is made.return_value


# Settings.
@case("margins/settings/falsy-hook")
def _hook(stage: Stage) -> object:
    configuration = stage.configuration(refresh_api_key_hook=False)
    configuration.api_key["k"] = "K"
    return configuration.get_api_key_with_prefix("k")


@case("margins/settings/loggers-taken-out", USER)
def _no_loggers(stage: Stage) -> object:
    configuration = stage.configuration(logger={})
    configuration.debug = True
    configuration.debug = False
    configuration.logger_file = str(pathlib.Path(stage.folder, "x.log"))
    return stage.package.UserApi(stage.package.ApiClient(configuration)).get_user(3)


@case("margins/settings/two-files", differs=differs("logger-file-moves", "result", ours={"result.list": [0, 1, None]}))
def _two_files(stage: Stage) -> object:
    configuration = stage.configuration()
    first, second = (pathlib.Path(stage.folder, name) for name in ("first.log", "second.log"))
    configuration.logger_file = str(first)
    configuration.logger_file = str(second)
    configuration.logger["package_logger"].error("hello")
    configuration.logger_file = None
    return [
        first.read_text("utf-8").count("hello"),
        second.read_text("utf-8").count("hello"),
        configuration.logger_file_handler and "a handler",
    ]


@case("margins/settings/read-back", differs=differs("settings-in-order", "result"))
def _read_back(stage: Stage) -> object:
    configuration = stage.configuration(
        host=" HTTP://harbor.example ", proxy="", assert_hostname=True, username=b"u", password=b"p"
    )
    return [getattr(configuration, name) for name in ("host", "proxy", "assert_hostname", "username", "password")]


for name, wrong in {"connection_pool_maxsize": "5", "username": 5}.items():
    add(
        f"margins/settings/wrong-{name}",
        lambda stage, n=name, v=wrong: stage.client(**{n: v}).cookie,
        differs=differs("settings-checked", "", ours={"error.type": "TypeError"}),
    )
add(
    "margins/settings/shown",
    lambda stage: "Configuration object at" in repr(stage.configuration()),
    differs=differs("configuration-shown", "result", ours={"result": False}),
)


class Own:
    """A script's own class of settings, with what the generated client reads."""

    verify_ssl = client_side_validation = True
    ssl_ca_cert = cert_file = key_file = assert_hostname = proxy = temp_folder_path = None
    connection_pool_maxsize, safe_chars_for_path_param = 4, ""

    def __init__(self, host: str) -> None:
        self.host = host

    def auth_settings(self) -> dict[str, Any]:
        return {}


add(
    "margins/settings/own-class",
    lambda stage: stage.package.UserApi(stage.package.ApiClient(Own(stage.server.url))).get_user(3),
    USER,
    differs=differs("wrong-configuration", "", ours={"error.type": "TypeError", "requests": []}),
)


# Models and what is decoded.
@case("margins/model/compared-with-anything")
def _anything(stage: Stage) -> object:
    class Equal:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    profile = stage.package.UserProfile("e")
    return [profile == mock.ANY, profile != mock.ANY, profile == Equal(), profile.__eq__(3), profile.__ne__(3)]


@case("margins/model/and-dict")
def _and_dict(stage: Stage) -> object:
    return type("Both", (stage.package.UserProfile, dict), {})(email="e").to_dict()


@case("margins/model/default-changed-later", differs=differs("models-validate-late", "", ours={"result": 256}))
def _changed_later(stage: Stage) -> object:
    request = stage.package.UserCreationReq()
    stage.package.Configuration.set_default(stage.configuration(client_side_validation=False))
    request.email = "x" * 256
    return len(request.email)


class Extra(dict[str, Any]):
    swagger_types: ClassVar = {"a": "int"}
    attribute_map: ClassVar = {"a": "a"}

    def __init__(self, a: int | None = None) -> None:
        self.a = a


@case("margins/decode/dict-model", json_answer({"a": 1, "b": 2}), differs=differs("child-models", "result"))
def _dict_model(stage: Stage) -> object:
    made = stage.client().call_api("/x", "GET", response_type=Extra, _return_http_data_only=True)
    return [made.a, sorted(made.items())]


@case("margins/decode/own-type-names", Answer(body=b"15"), differs=differs("type-names", ""))
def _own_types(stage: Stage) -> object:
    with mock.patch.dict(stage.package.ApiClient.NATIVE_TYPES_MAPPING, {"whatever": int}):
        return stage.client().call_api("/x", "GET", response_type="whatever")


MARKED = Answer(200, "OK", (), b'\xef\xbb\xbf{"user_id": 3}')
add(
    "margins/decode/byte-order-mark",
    lambda stage: stage.api().get_user(3).user_id,
    MARKED,
    differs=differs("byte-order-mark", "", ours={"result": 3}),
)
add(
    "margins/decode/byte-order-mark-in-data",
    lambda stage: stage.client().rest_client.GET(f"{stage.server.url}/x").data,
    MARKED,
    differs=differs("byte-order-mark", "", ours={"result": '{"user_id": 3}'}),
)
add(
    "margins/decode/nan",
    lambda stage: stage.client().call_api("/x", "GET", response_type="float"),
    Answer(body=b"NaN"),
    differs=differs("strict-decoding", "", ours={"error.type": "ApiException"}),
)
add(
    "margins/decode/page-for-a-write",
    lambda stage: stage.api().update_user_profile(3, {}),
    Answer(200, "OK", (), b"<html>"),
    differs=differs("html-responses", "", ours={"error.type": "ApiException", "error.status": 200}),
)
for label, raw in {
    "line-feeds": b"HTTP/1.1 201 Created\nContent-Length: 0\n\n",
    "folded": b"HTTP/1.1 201 Created\r\nX-A: one\r\n two\r\nContent-Length: 0\r\n\r\n",
    "status": b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
}.items():
    add(
        f"margins/answer/{label}",
        lambda stage: stage.api().create_user({}),
        Answer(raw=raw),
        differs=differs("complete-responses", "", ours={"error.type": "ApiException", "error.status": 0}),
    )
add(
    "margins/answer/packed",
    lambda stage: stage.api().get_user(3, _preload_content=False).read(decode_content=False)[:1],
    Answer(200, "OK", (("Content-Encoding", "gzip"),), gzip.compress(b"plain", mtime=0)),
    differs=differs("raw-response", "result", ours={"result.bytes": "p"}),
)


# Errors.
for label, falsy in {"false": False, "text": ""}.items():
    add(
        f"margins/errors/falsy-response-{label}",
        lambda stage, f=falsy: stage.package.rest.ApiException(status=5, reason="r", http_resp=f),
    )


def _caught(stage: Stage) -> Any:
    return stage.attempt(lambda: stage.api().create_user({}))


add(
    "margins/errors/class",
    lambda stage: [type(_caught(stage)).__name__, type(_caught(stage)).__module__ == f"{stage.package.__name__}.rest"],
    json_answer({}, 404, "Not Found"),
    differs=differs("exception-classes", "result", ours={"result.list": ["UnexpectedResponseException", False]}),
)
add(
    "margins/errors/text",
    lambda stage: str(_caught(stage)).split("HTTP response headers")[0],
    json_answer({}, 404, "Not Found"),
    differs=differs("error-texts", "result"),
)
add(
    "margins/errors/long-body",
    lambda stage: [len(str(_caught(stage))) > 20000, len(_caught(stage).body)],
    Answer(400, "Bad Request", (), b"x" * 20000),
    differs=differs("error-texts", "result.list.0", ours={"result.list.0": False}),
)
add(
    "margins/errors/text-of-one-made-by-hand",
    lambda stage: str(stage.package.rest.ApiException(status=404, reason="Not Found")),
)


@case("margins/errors/copy", json_answer({}, 404, "Not Found"))
def _copied(stage: Stage) -> object:
    error = _caught(stage)
    return [copy.copy(error), copy.deepcopy(error)]


@case("margins/star-imports", differs=differs("own-imports", "result"))
def _star(stage: Stage) -> object:
    found = {}
    for module, name in {"": "api", ".models": "user_resp", ".rest": "logger", ".api_client": "rest"}.items():
        namespace: dict[str, object] = {}
        exec(f"from {stage.package.__name__}{module} import *", namespace)
        found[name] = name in namespace
    return found
