"""ApiClient's helpers, RESTClientObject, RESTResponse."""

from __future__ import annotations

from typing import Any

import urllib3
from recorder import Answer
from stage import Stage, add, case, differs, json_answer

NO_BODY = differs(
    "delete-without-body", "requests.0.body", "requests.0.headers.content-length", ours={"requests.0.body": ""}
)


# Headers chosen by the client.
for label, accepts in {
    "none": None,
    "empty": [],
    "json": ["application/json"],
    "json-somewhere": ["text/x", "Application/JSON"],
    "no-json": ["text/A", "text/b"],
    "vendor": ["application/vnd.x+json"],
}.items():
    add(f"client/select_header_accept/{label}", lambda stage, a=accepts: stage.client().select_header_accept(a))
    add(
        f"client/select_header_content_type/{label}",
        lambda stage, a=accepts: stage.client().select_header_content_type(a),
    )
add("client/select_header_content_type/any", lambda stage: stage.client().select_header_content_type(["*/*", "text/a"]))
add(
    "client/select_header_content_type/multipart",
    lambda stage: stage.client().select_header_content_type(["multipart/form-data", "text/a"]),
)

for label, (params, formats) in {
    "dict": ({"a": [1, 2], "b": 3}, {"a": "multi"}),
    "pairs": ([("a", [1, 2])], {"a": "ssv"}),
    "no-formats": ([("a", [1, 2])], None),
    "csv": ([("a", [1, "x"])], {"a": "csv"}),
    "tsv": ([("a", [1, "x"])], {"a": "tsv"}),
    "pipes": ([("a", (1, 2))], {"a": "pipes"}),
    "empty": ([], {}),
    "empty-dict": ({}, {"a": "multi"}),
}.items():
    add(
        f"client/parameters_to_tuples/{label}",
        lambda stage, p=params, f=formats: stage.client().parameters_to_tuples(p, f),
    )


@case("client/set_default_header")
def _default_header(stage: Stage) -> object:
    client = stage.client()
    client.set_default_header("X-A", "1")
    client.default_headers["X-B"] = "2"
    client.call_api("/x", "GET")
    return sorted(name for name in client.default_headers)


@case("client/header_name-and-value")
def _header_name(stage: Stage) -> object:
    client = stage.package.ApiClient(stage.configuration(), "X-Team", "blue")
    client.call_api("/x", "GET", auth_settings=["basic"])
    return client.default_headers["X-Team"]


@case("client/header_name-authorization")
def _header_authorization(stage: Stage) -> object:
    client = stage.package.ApiClient(
        stage.configuration(username="", password=""), header_name="Authorization", header_value="Bearer t-1"
    )
    return stage.package.UserApi(client).get_user(3)


@case("client/cookie")
def _cookie(stage: Stage) -> object:
    client = stage.package.ApiClient(stage.configuration(), cookie="sid=1; a=b")
    client.call_api("/x", "GET", header_params={"Cookie": "own=1"})
    client.cookie = None
    client.call_api("/x", "GET")
    return client.cookie


@case("client/user_agent")
def _user_agent(stage: Stage) -> object:
    client = stage.client()
    client.user_agent = "audit/1.0"
    client.call_api("/x", "GET")
    with stage.server._lock:
        sent = stage.server.requests[0].header("User-Agent")
    return [client.user_agent, client.default_headers["User-Agent"], sent]


@case("client/user_agent-default", differs=differs("user-agent", "result"))
def _user_agent_default(stage: Stage) -> object:
    return stage.client().user_agent


@case("client/update_params_for_auth")
def _update(stage: Stage) -> object:
    client = stage.client()
    headers: dict[str, str] = {}
    querys: list[tuple[str, str]] = []
    given = client.update_params_for_auth(headers, querys, ["basic"])
    client.update_params_for_auth(headers, querys, None)
    client.update_params_for_auth(headers, querys, [])
    client.update_params_for_auth(headers, querys, ["nobody-knows"])
    client.configuration.auth_settings = lambda: {
        "h": {"type": "api_key", "in": "header", "key": "X-H", "value": "1"},
        "q": {"type": "api_key", "in": "query", "key": "q", "value": "2"},
    }
    client.update_params_for_auth(headers, querys, ["h", "q"])
    return [given, headers, querys]


@case("client/pool")
def _pool(stage: Stage) -> object:
    client = stage.client()
    pool = client.pool
    return [type(pool), pool is client.pool, pool.apply_async(lambda: 5).get(10)]


@case("client/pool-closed-by-the-script", json_answer({"user_id": 3}))
def _pool_closed(stage: Stage) -> object:
    api = stage.api()
    pending = [api.get_user(3, async_req=True) for _ in range(3)]
    api.api_client.pool.close()
    api.api_client.pool.join()
    return [task.get().user_id for task in pending]


@case("client/no-configuration")
def _no_configuration(stage: Stage) -> object:
    client = stage.package.ApiClient()
    return [client.configuration.host, stage.package.UserApi().api_client.configuration.host, client.cookie]


@case("client/same-configuration-object")
def _same(stage: Stage) -> object:
    configuration = stage.configuration()
    client = stage.package.ApiClient(configuration)
    api = stage.package.UserApi(client)
    return [client.configuration is configuration, api.api_client is client, client.client_side_validation]


@case("client/api_client-replaced")
def _replaced(stage: Stage) -> object:
    api = stage.package.UserApi(stage.client(host="http://127.0.0.1:1/nowhere"))
    api.api_client = stage.client()
    return api.get_user(3)


@case("client/validation-switched-off-on-client", json_answer([]))
def _switched_off(stage: Stage) -> object:
    client = stage.client()
    client.client_side_validation = False
    return stage.package.UserApi(client).list_users(page_size=1000)


@case(
    "client/wrong-configuration", differs=differs("wrong-configuration", "error.type", ours={"error.type": "TypeError"})
)
def _wrong_configuration(stage: Stage) -> object:
    return stage.package.ApiClient("http://example.com")


@case("client/del")
def _del(stage: Stage) -> object:
    client = stage.client()
    pool = client.pool
    client.__del__()
    return stage.attempt(lambda: pool.apply(int)).__class__.__name__


@case("client/last-response-after-error", json_answer({"user_id": 1}), json_answer({"errors": []}, 404, "Not Found"))
def _after_error(stage: Stage) -> object:
    client = stage.client()
    api = stage.package.UserApi(client)
    api.get_user(1)
    first = client.last_response
    error = stage.attempt(lambda: api.get_user(2))
    return [error, client.last_response is first, client.last_response.data]


@case("client/last-response-raw", json_answer({"user_id": 1}))
def _raw_last(stage: Stage) -> object:
    client = stage.client()
    returned = client.call_api("/x", "GET", _preload_content=False, _return_http_data_only=True)
    return [client.last_response is returned, returned]


# The raw response.
@case("client/raw/read", json_answer({"a": 1}))
def _raw_read(stage: Stage) -> object:
    raw = stage.api().get_user(3, _preload_content=False)
    return [raw.status, raw.reason, raw.read(), raw.headers]


@case("client/raw/data-and-json", json_answer({"a": 1}))
def _raw_data(stage: Stage) -> object:
    raw = stage.api().get_user(3, _preload_content=False)
    return [raw.data, raw.data, raw.json(), raw.headers["content-type"]]


@case("client/raw/stream", Answer(body=b"0123456789" * 100))
def _raw_stream(stage: Stage) -> object:
    raw = stage.api().get_user(3, _preload_content=False)
    chunks = list(raw.stream(300))
    return [b"".join(chunks), max(map(len, chunks)) <= 300]


@case("client/raw/read-some", Answer(body=b"0123456789"))
def _raw_some(stage: Stage) -> object:
    raw = stage.api().get_user(3, _preload_content=False)
    return [raw.read(4), raw.read(4), raw.read(4), raw.read(4)]


@case("client/raw/release", json_answer({"a": 1}))
def _raw_release(stage: Stage) -> object:
    api = stage.api()
    raw = api.get_user(3, _preload_content=False)
    raw.read()
    raw.release_conn()
    raw.close()
    return api.get_user(4, _preload_content=False).data


@case("client/raw/json-loads", json_answer([{"user_id": 1}]))
def _raw_loads(stage: Stage) -> object:
    import json

    data, status, headers = stage.api().list_users_with_http_info(_preload_content=False)
    return [json.loads(data.data), status, headers["Content-Type"]]


@case("client/raw/getheader", json_answer({}, x_total_count="5"))
def _raw_getheader(stage: Stage) -> object:
    raw = stage.api().get_user(3, _preload_content=False)
    return [raw.getheader("X-Total-Count"), raw.getheader("none", "d"), raw.getheaders()]


@case(
    "client/raw/truncated",
    Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"),
    differs=differs("raw-response", "", ours={"error.type": "ApiException", "error.status": 0}),
)
def _raw_truncated(stage: Stage) -> object:
    return stage.api().create_user({}, _preload_content=False).status


# RESTClientObject, used directly.
def _rest(
    name: str,
    *positional: Any,
    method: str = "request",
    deviates: Any = (),
    answer: Answer | None = None,
    **keywords: Any,
) -> None:
    def play(stage: Stage) -> object:
        def fill(value: Any) -> Any:
            return f"{stage.server.url}/x" if value == "URL" else dict(value) if isinstance(value, dict) else value

        client = stage.package.rest.RESTClientObject(stage.configuration())
        given = {key: fill(value) for key, value in keywords.items()}
        return getattr(client, method)(*map(fill, positional), **given)

    add(f"rest/{name}", play, answer or json_answer({"a": 1}), differs=deviates)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
for verb in ("GET", "HEAD"):
    _rest(f"{verb}/bare", "URL", method=verb)
    _rest(f"{verb}/positional", "URL", {"A": "b"}, [("q", 1)], True, 5, method=verb)
    _rest(
        f"{verb}/keywords",
        url="URL",
        headers={"A": "b"},
        query_params={"q": "1 2"},
        _request_timeout=(1, 5),
        method=verb,
    )
    _rest(f"{verb}/raw", "URL", _preload_content=False, method=verb)
for verb in ("POST", "PUT", "PATCH", "OPTIONS"):
    _rest(f"{verb}/bare", "URL", method=verb, deviates=NO_BODY if verb == "OPTIONS" else ())
    _rest(f"{verb}/positional", "URL", {"A": "b"}, [("q", "1")], None, {"b": 1}, True, 5, method=verb)
    _rest(f"{verb}/keywords", url="URL", headers={"A": "b"}, query_params=[("q", 1)], body=[None], method=verb)
for verb in ("POST", "PUT", "PATCH"):
    _rest(f"{verb}/form", "URL", FORM, None, [("b", "1")], method=verb)
_rest("DELETE/bare", "URL", method="DELETE", deviates=NO_BODY)
_rest("DELETE/positional", "URL", {"A": "b"}, [("q", "1")], {"b": 1}, True, 5, method="DELETE")
_rest("DELETE/keywords", url="URL", headers={}, body={"b": 1}, method="DELETE")
_rest("request/lower-case", "get", "URL", [("q", 1)], {"A": "b"})
_rest("request/positional", "post", "URL", [("q", 1)], {"A": "b"}, {"x": 1}, None, True, 5)
_rest("request/form", "PUT", "URL", headers=FORM, post_params=[("a", "é")])
_rest(
    "request/unknown-method",
    "FOO",
    "URL",
    deviates=differs("rest-method-names", "error", ours={"error.type": "ValueError"}),
)
_rest("request/get-with-body", "GET", "URL", body={"a": 1})
_rest("request/error", "GET", "URL", answer=json_answer({"errors": []}, 403, "Forbidden"))
_rest(
    "request/error-raw",
    "GET",
    "URL",
    _preload_content=False,
    answer=json_answer({}, 403, "Forbidden"),
    deviates=differs("error-body-is-text", "error.body", ours={"error.body": "{}\n"}),
)
_rest("request/text-answer", "GET", "URL", answer=Answer(200, "OK", (("Content-Type", "text/html"),), "žluť".encode()))


@case("rest/response", json_answer({"a": 1}, x_a="1"))
def _response(stage: Stage) -> object:
    answer = stage.client().rest_client.GET(f"{stage.server.url}/x")
    return [
        answer,
        answer.getheader("X-A"),
        answer.getheader("none"),
        answer.getheader("none", 3),
        answer.getheaders()["x-a"],
        answer.urllib3_response.status,
        answer.urllib3_response.headers["X-A"],
    ]


@case(
    "rest/response-made-by-hand",
    differs=differs("response-made-by-hand", "result", ours={"result.list.2": "x", "result.list.4": "b"}),
)
def _handmade(stage: Stage) -> object:
    class Raw:
        status, reason, data, headers = 201, "Created", b"x", {"A": "b"}

    answer = stage.package.rest.RESTResponse(Raw())
    return [answer.status, answer.reason, answer.data, answer.getheaders(), answer.getheader("A")]


@case("rest/pool-sizes")
def _sizes(stage: Stage) -> object:
    client = stage.package.rest.RESTClientObject(stage.configuration(), 2, 7)
    return [client.pool_manager.connection_pool_kw["maxsize"], client.GET(f"{stage.server.url}/x").status]


@case("rest/pool-sizes-by-keyword")
def _sizes_by_keyword(stage: Stage) -> object:
    client = stage.package.rest.RESTClientObject(stage.configuration(), pools_size=2, maxsize=None)
    return client.GET(f"{stage.server.url}/x").status


@case("rest/proxy-makes-proxy-manager")
def _proxy(stage: Stage) -> object:
    client = stage.client(proxy=f"http://127.0.0.1:{stage.server.port}", host="http://harbor.invalid/api/v2.0")
    stage.package.UserApi(client).get_user(3)
    return isinstance(client.rest_client.pool_manager, urllib3.ProxyManager)


@case("rest/client-request", json_answer({"a": 1}))
def _client_request(stage: Stage) -> object:
    client = stage.client()
    url = f"{stage.server.url}/x"
    return [
        client.request("GET", url, [("q", 1)], {"A": "b"}),
        client.request("POST", url, None, {}, None, {"a": 1}),
        client.request("PUT", url, headers=dict(FORM), post_params=[("a", 1)]),
        client.request("HEAD", url).status,
        stage.attempt(lambda: client.request("FOO", url)),
    ]


@case("rest/own-headers-untouched", differs=differs("arguments-untouched", "result", ours={"result.dict": {"A": "b"}}))
def _untouched(stage: Stage) -> object:
    headers = {"A": "b"}
    stage.client().rest_client.POST(f"{stage.server.url}/x", headers=headers, body={})
    return headers
