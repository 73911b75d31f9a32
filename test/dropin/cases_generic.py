"""`ApiClient.call_api` to any path: what scripts use for the endpoints that have no method."""

from __future__ import annotations

import datetime
from typing import Any

from recorder import Answer
from stage import NOTHING, Stage, add, basic, case, differs, json_answer

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data"}
TEXT = {"Content-Type": "text/plain"}
MOMENT = datetime.datetime(2026, 11, 24, 3, 4, 5, 678901)
AWARE = MOMENT.replace(tzinfo=datetime.timezone.utc)

NO_BODY = differs(
    "delete-without-body", "requests.0.body", "requests.0.headers.content-length", ours={"requests.0.body": ""}
)
CRASHES = differs("form-with-delete-and-options", "", ours={"error": NOTHING})


def call(name: str, *positional: Any, answers: tuple[Answer, ...] = (), deviates: Any = (), **keywords: Any) -> None:
    """A case that is one `call_api`; `settings` among the keywords are attributes of the configuration."""
    settings = keywords.pop("settings", {})

    def play(stage: Stage) -> object:
        fresh = {key: dict(value) if isinstance(value, dict) else value for key, value in keywords.items()}
        return stage.client(**settings).call_api(*positional, **fresh)

    add(f"generic/{name}", play, *(answers or (json_answer({"a": 1}),)), differs=deviates)


# What comes back.
call("result/no-type", "/x", "GET")
call("result/object", "/x", "GET", response_type="object")
call("result/data-only", "/x", "GET", response_type="object", _return_http_data_only=True)
call("result/data-only-no-type", "/x", "GET", _return_http_data_only=True)
call("result/raw", "/x", "GET", _preload_content=False)
call("result/raw-data-only", "/x", "GET", _preload_content=False, _return_http_data_only=True)
call("result/async", "/x", "GET", async_req=True)
call(
    "result/all-positional",
    "/x/{id}",
    "POST",
    {"id": "a/b c"},
    {"q": 1},
    {"H": "v"},
    {"b": 1},
    None,
    None,
    "object",
    ["basic"],
    None,
    True,
    {},
    True,
    3,
)
call("result/no-content", "/x", "GET", response_type="object", answers=(Answer(204, "No Content"),))
call("result/empty-object", "/x", "GET", response_type="object", answers=(Answer(),))
call("result/empty-no-type", "/x", "POST", answers=(Answer(201, "Created"),))
call(
    "result/text-as-str",
    "/ping",
    "GET",
    response_type="str",
    answers=(Answer(200, "OK", (("Content-Type", "text/plain"),), b"Pong"),),
)
call(
    "result/text-as-object",
    "/ping",
    "GET",
    response_type="object",
    answers=(Answer(200, "OK", (("Content-Type", "text/plain"),), b"Pong"),),
)
call(
    "result/json-as-text-plain",
    "/x",
    "GET",
    response_type="object",
    answers=(Answer(200, "OK", (("Content-Type", "text/plain"),), b'{"a":1}'),),
)
call("result/json-str", "/x", "GET", response_type="str", answers=(json_answer("x"),))
call("result/no-content-type", "/x", "GET", response_type="object", answers=(Answer(body=b'{"a": [1]}'),))
call("result/other-2xx", "/x", "POST", response_type="object", answers=(json_answer({"a": 1}, 202, "Accepted"),))
call("result/odd-2xx", "/x", "POST", response_type="object", answers=(json_answer({"a": 1}, 299, "Odd"),))
for kind, value in {
    "UserResp": {"user_id": 3},
    "list[UserResp]": [{"user_id": 3}, {"user_id": 4}],
    "dict(str, UserResp)": {"a": {"user_id": 3}},
    "list[str]": ["a", "b"],
    "dict(str, int)": {"a": 1},
    "dict(str, list[int])": {"a": [1, 2]},
    "list[dict(str, str)]": [{"a": "b"}],
    "list[list[int]]": [[1], [2, 3]],
    "int": 3,
    "float": 1.5,
    "bool": True,
    "date": "2026-11-24",
    "datetime": "2026-11-24T01:02:03.456Z",
}.items():
    call(f"result/type-{kind}", "/x", "GET", response_type=kind, answers=(json_answer(value),))

# Verbs and bodies.
for verb in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
    bare = NO_BODY if verb in ("DELETE", "OPTIONS") else ()
    crash = CRASHES if verb in ("OPTIONS", "DELETE") else ()
    call(f"verb/{verb}/no-body", "/x", verb, deviates=bare)
    call(f"verb/{verb}/body", "/x", verb, body={"a": None, "b": [1], "č": "ž"})
    call(f"verb/{verb}/empty-body", "/x", verb, body={})
    call(f"verb/{verb}/query", "/x", verb, query_params=[("q", "a b")], body={"c": 1})
    call(f"verb/{verb}/text", "/x", verb, header_params=TEXT, body="héllo")
    call(f"verb/{verb}/form", "/x", verb, header_params=FORM, post_params=[("a", "1"), ("b", "x y&é")], deviates=crash)
    call(f"verb/{verb}/multipart", "/x", verb, header_params=PARTS, post_params={"a": "1"}, deviates=crash)
    call(f"verb/{verb}/path-query", "/x?z=1", verb, deviates=bare)
for verb in ("TRACE", "CONNECT", "get", "", "FOO"):
    call(f"verb/unknown-{verb}", "/x", verb)

for label, body in {
    "list": [1, None],
    "empty-list": [],
    "empty-text": "",
    "text": "héllo",
    "zero": 0,
    "number": 1.5,
    "false": False,
    "true": True,
    "none": None,
    "dates": {"d": MOMENT, "a": AWARE, "day": MOMENT.date()},
    "tuple": (1, (2, None)),
    "int-keys": {1: "a"},
    "big": {"n": 10**30},
}.items():
    call(f"body/{label}", "/x", "POST", body=body)
add(
    "generic/body/model",
    lambda stage: stage.client().call_api("/x", "POST", body=stage.package.UserProfile(email="e", comment="")),
)
add(
    "generic/body/models-inside",
    lambda stage: stage.client().call_api("/x", "POST", body=[{"u": stage.package.UserSysAdminFlag(False)}, None]),
)
call("body/bytes-as-json", "/x", "POST", body=b"\xff")
call(
    "body/set",
    "/x",
    "POST",
    body={"s": {1}},
    deviates=differs("unsendable-bodies", "error.type", ours={"error.type": "TypeError"}),
)
call("body/vendor-json", "/x", "PATCH", header_params={"Content-Type": "application/merge-patch+json"}, body={"a": 1})
call("body/json-charset", "/x", "PUT", header_params={"Content-Type": "application/JSON; charset=utf-8"}, body={"a": 1})
call(
    "body/bytes",
    "/x",
    "POST",
    header_params={"Content-Type": "application/octet-stream"},
    body=b"\x00\xff",
    deviates=differs("bytes-bodies", "", ours={"requests.0.body": "\x00\xff", "error": NOTHING}),
)
call(
    "body/nan",
    "/x",
    "POST",
    body={"n": float("nan")},
    deviates=differs("unsendable-bodies", "", ours={"error.type": "ValueError", "requests": []}),
)
call(
    "body/dict-as-text",
    "/x",
    "POST",
    header_params=TEXT,
    body={"a": 1},
    deviates=differs("unsendable-bodies", "error", ours={"error.type": "ValueError"}),
)
call(
    "body/text-type-no-body",
    "/x",
    "POST",
    header_params=TEXT,
    deviates=differs("text-without-body", "", ours={"error": NOTHING, "requests.0.body": ""}),
)
call("body/form-and-body", "/x", "POST", header_params=FORM, post_params=[("a", "1")], body={"z": 1})
call("body/json-and-form", "/x", "POST", post_params=[("a", "1")])
call("body/json-form-body", "/x", "POST", post_params=[("a", "1")], body={"b": 1})
call(
    "body/type-lower-case",
    "/x",
    "POST",
    header_params={"content-type": "text/plain"},
    body="text",
    deviates=differs(
        "one-header-a-name", "", ours={"requests.0.headers.content-type": ["text/plain"], "requests.0.body": "text"}
    ),
)
call("form/dict", "/x", "POST", header_params=FORM, post_params={"a": 1, "b": True, "c": 1.5})
call("form/empty", "/x", "POST", header_params=FORM, post_params=[])
call("form/none", "/x", "POST", header_params=FORM)
call("form/none-value", "/x", "POST", header_params=FORM, post_params=[("n", None)])
call("form/dates", "/x", "POST", header_params=FORM, post_params=[("d", AWARE)])
call("multipart/pairs", "/x", "POST", header_params=PARTS, post_params=[("a", "1"), ("n", 2), ("f", 1.5), ("u", "é")])
call(
    "multipart/empty",
    "/x",
    "POST",
    header_params=PARTS,
    post_params=[],
    deviates=differs("empty-multipart", "requests"),
)

# Files.


@case("generic/files/one")
def _file(stage: Stage) -> object:
    return stage.client().call_api("/x", "POST", header_params=dict(PARTS), files={"f": stage.file("a.txt", b"AAA\n")})


@case("generic/files/several")
def _files(stage: Stage) -> object:
    paths = [stage.file("a.txt", b"AAA"), stage.file("b.unknown9", b"\x00\xff")]
    return stage.client().call_api(
        "/x", "PUT", header_params=dict(PARTS), files={"f": paths, "none": None, "empty": ""}, post_params=[("a", "1")]
    )


@case("generic/files/name-with-quote")
def _odd_name(stage: Stage) -> object:
    return stage.client().call_api("/x", "POST", header_params=dict(PARTS), files={"f": stage.file('é "q.json', b"{}")})


call("files/missing", "/x", "POST", header_params=PARTS, files={"f": "/nonexistent/file"})


@case("generic/files/without-multipart")
def _json_files(stage: Stage) -> object:
    return stage.client().call_api("/x", "POST", files={"f": stage.file("a.txt", b"AAA")})


@case("generic/files/prepare_post_parameters")
def _prepare(stage: Stage) -> object:
    client = stage.client()
    path = stage.file("a.csv", b"1,2")
    return [
        client.prepare_post_parameters(),
        client.prepare_post_parameters({"a": 1}),
        client.prepare_post_parameters([("a", 1)], {"f": [path], "g": path}),
        client.prepare_post_parameters(files={"f": path}),
        client.prepare_post_parameters(None, {}),
    ]


# Downloads.
def _download(
    name: str, *headers: tuple[str, str], body: bytes = b"PAYLOAD\n", deviates: Any = (), **options: Any
) -> None:
    def play(stage: Stage) -> object:
        client = stage.client(temp_folder_path=stage.folder)
        path = client.call_api("/x", "GET", response_type="file", _return_http_data_only=True, **options)
        if not isinstance(path, str):
            return path
        from pathlib import Path

        content = Path(path).read_bytes()
        inside = Path(stage.folder).resolve() in Path(path).resolve().parents
        if not inside:
            Path(path).unlink()
        fresh = Path(path).name.startswith("tmp") and len(Path(path).name) > 8
        return [type(path), "fresh name" if fresh else Path(path).name, content, inside]

    answer = Answer(200, "OK", (("Content-Type", "application/octet-stream"), *headers), body)
    add(f"generic/download/{name}", play, answer, differs=deviates)


def _disposition(value: str) -> tuple[str, str]:
    return ("Content-Disposition", value)


RIGHT_NAME = "download-names"
_download("no-name")
_download("quoted", _disposition('attachment; filename="report.csv"'))
_download("bare", _disposition("attachment; filename=report.csv"))
_download("single-quotes", _disposition("attachment; filename='report.csv'"))
_download("raw", _preload_content=False)
_download("empty", body=b"")
_download("text", body="žluť".encode())
_download(
    "binary",
    body=b"\x00\xff\xfe",
    deviates=differs("binary-downloads", "", ours={"result.list.2.bytes": "\x00\xff\xfe"}),
)
_download(
    "blank-in-name",
    _disposition('attachment; filename="a b.csv"'),
    deviates=differs(RIGHT_NAME, "", ours={"result.list.1": "a b.csv"}),
)
_download(
    "climbing",
    _disposition('attachment; filename="../evil-99"'),
    deviates=differs(RIGHT_NAME, "", ours={"result.list.3": True}),
)
_download(
    "sub-folder",
    _disposition('attachment; filename="sub/x.csv"'),
    deviates=differs(RIGHT_NAME, "", ours={"result.list.3": True}),
)
_download("inline", _disposition("inline"), deviates=differs(RIGHT_NAME, "", ours={"result.list.1": "fresh name"}))
_download(
    "no-text",
    _disposition('attachment; filename=""'),
    deviates=differs(RIGHT_NAME, "", ours={"result.list.1": "fresh name"}),
)
call("download/error", "/x", "GET", response_type="file", answers=(json_answer({"errors": []}, 404, "Not Found"),))

# Query parameters.
QUERY: dict[str, object] = {
    "int": 1,
    "float": 1.5,
    "true": True,
    "text": "a b+c/é&=~%2B",
    "empty": "",
    "datetime": AWARE,
    "date": MOMENT.date(),
    "list": [1, "b"],
    "dict": {"k": 1},
    "bytes": b"x",
    "big": 10**20,
}
for label, value in QUERY.items():
    call(f"query/{label}", "/x", "GET", query_params=[("a", value)])
    call(f"query/{label}-post", "/x", "POST", query_params={"a": value})
call(
    "query/none",
    "/x",
    "GET",
    query_params=[("a", None)],
    deviates=differs("none-is-not-given", "requests", ours={"requests.0.target": "/api/v2.0/x"}),
)
call("query/order", "/x", "GET", query_params=[("b", 1), ("a", 2), ("b", 3)])
call("query/names-escaped", "/x", "GET", query_params=[("a b[]", 1)])
call("query/empty-list", "/x", "GET", query_params=[])
call("query/empty-dict", "/x", "DELETE", query_params={}, deviates=NO_BODY)
call(
    "query/path-has-one-too",
    "/x?z=1",
    "GET",
    query_params=[("a", 1)],
    deviates=differs("query-joined", "requests.0.target", ours={"requests.0.target": "/api/v2.0/x?z=1&a=1"}),
)
for form in ("multi", "csv", "ssv", "tsv", "pipes", "unheard-of"):
    formats = {"a": form}
    call(
        f"collections/{form}-query",
        "/x",
        "GET",
        query_params=[("a", ["x y", 1, True]), ("b", 2)],
        collection_formats=formats,
    )
    call(f"collections/{form}-path", "/x/{a}", "GET", path_params={"a": ["x y", 1]}, collection_formats=formats)
    call(
        f"collections/{form}-form",
        "/x",
        "POST",
        header_params=FORM,
        post_params=[("a", ["x y", 1])],
        collection_formats=formats,
    )
    if form != "tsv":
        call(f"collections/{form}-header", "/x", "GET", header_params={"a": ["x", 1]}, collection_formats=formats)
call("collections/tuple", "/x", "GET", query_params=[("a", (1, 2))], collection_formats={"a": "csv"})
call("collections/other-name", "/x", "GET", query_params=[("a", [1, 2])], collection_formats={"b": "csv"})
call("collections/empty", "/x", "GET", query_params=[("a", [])], collection_formats={"a": "csv"})

# Paths.
for label, value in {
    "int": 1,
    "bool": True,
    "text": "a b",
    "slash": "a/b",
    "odd": "é /?#;,%",
    "date": MOMENT.date(),
}.items():
    call(f"path/{label}", "/x/{a}/y", "GET", path_params={"a": value})
call("path/two", "/x/{a}/{b}", "GET", path_params={"a": 1, "b": 2})
call("path/safe-characters", "/x/{a}", "GET", path_params={"a": "p/q r"}, settings={"safe_chars_for_path_param": "/"})
call("path/unused", "/x", "GET", path_params={"a": 1})
call("path/unfilled", "/x/{zz}", "GET", path_params={"a": 1})
call("path/root", "/", "GET")
call("path/empty", "", "GET")
call("path/no-slash", "x", "GET")
call("path/bar", "/x/a|b", "GET")
call("path/blank", "/x/a b", "GET")
call("path/non-ascii", "/x/ž", "GET")
call("path/escaped", "/x/a%2Fb", "GET")
call("path/semicolon", "/x;v=1/y", "GET")
call("path/double-slash", "/x//y", "GET")
call("path/fragment", "/x#y", "GET")
call(
    "path/dot-segments",
    "/x/../y",
    "GET",
    deviates=differs("paths-as-given", "requests.0.target", ours={"requests.0.target": "/api/v2.0/x/../y"}),
)
call(
    "path/dots",
    "/x/{a}",
    "GET",
    path_params={"a": ".."},
    deviates=differs("path-values", "", ours={"requests": [], "error.type": "ValueError"}),
)

# Headers.
call("headers/int", "/x", "GET", header_params={"I": 1, "T": True})
call("headers/date", "/x", "GET", header_params={"D": AWARE})
call("headers/empty", "/x", "GET", header_params={"E": ""})
call("headers/latin", "/x", "GET", header_params={"I": "é"})
call(
    "headers/none",
    "/x",
    "GET",
    header_params={"N": None},
    deviates=differs("header-none", "", ours={"error": NOTHING, "requests.0.headers.n": NOTHING}),
)
call("headers/newline", "/x", "GET", header_params={"I": "a\r\nX: y"})
call("headers/accept", "/x", "GET", header_params={"Accept": "application/vnd.x+json"})
call("headers/cookie", "/x", "GET", header_params={"Cookie": "own=1"})

# Credentials.
KEY = {"type": "api_key", "key": "X-Key", "value": "v v"}
call("auth/basic", "/x", "GET", auth_settings=["basic"])
call("auth/none", "/x", "GET", auth_settings=None)
call("auth/empty", "/x", "GET", auth_settings=[])
call("auth/unknown", "/x", "GET", auth_settings=["nobody-knows"])
call("auth/over-header", "/x", "GET", header_params={"Authorization": "Bearer x"}, auth_settings=["basic"])
call("auth/own-header", "/x", "GET", header_params={"Authorization": "Bearer x"})
call(
    "auth/over-header-lower-case",
    "/x",
    "GET",
    header_params={"authorization": "Bearer x"},
    auth_settings=["basic"],
    deviates=differs(
        "one-header-a-name", "", ours={"requests.0.headers.authorization": [basic("admin", "Harbor12345")]}
    ),
)


def _keys(name: str, settings: object, deviates: Any = (), **keywords: Any) -> None:
    def play(stage: Stage) -> object:
        client = stage.client()
        client.configuration.auth_settings = lambda: settings
        return client.call_api("/x", "GET", auth_settings=["k"], **keywords)

    add(f"generic/auth/{name}", play, differs=deviates)


_keys("key-in-header", {"k": {**KEY, "in": "header"}})
_keys("key-in-query", {"k": {**KEY, "in": "query"}}, query_params=[("a", 1)])
_keys("key-in-query-dict", {"k": {**KEY, "in": "query"}}, query_params={"a": 1})
_keys(
    "key-in-query-alone",
    {"k": {**KEY, "in": "query"}},
    deviates=differs("key-in-query", "", ours={"requests.0.target": "/api/v2.0/x?X-Key=v+v"}),
)
_keys("key-in-cookie", {"k": {**KEY, "in": "cookie"}})
_keys("key-without-value", {"k": {**KEY, "in": "header", "value": ""}})
_keys("key-none", {"k": {**KEY, "in": "header", "value": None}})
_keys("no-settings", {})

# Time.
for label, seconds in {
    "int": 30,
    "pair": (5, 30),
    "zero": 0,
    "none": None,
    "float-pair": (0.5, 30.5),
    "none-and-read": (None, 30),
    "connect-and-none": (5, None),
    "negative": -1,
}.items():
    call(f"timeout/{label}", "/x", "GET", _request_timeout=seconds)
for label, odd in {"word": "x", "one": (1,), "huge": 10**20, "true": True}.items():
    call(f"timeout/{label}", "/x", "GET", _request_timeout=odd, deviates=differs("timeout-values", ""))
