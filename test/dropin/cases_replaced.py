"""Parts that scripts replace, patch, subclass and mock, and expect to be called."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import urllib3
from stage import Stage, add, case, differs, json_answer

USER = json_answer({"user_id": 3, "username": "jana"})
CREATION = {"username": "jana", "password": "Pass-Word-1"}


# Places that scripts replace.
def _seen(place: str, calls: list[Any], answer: object = None, original: Any = None) -> Any:
    def replacement(*positional: Any, **keywords: Any) -> Any:
        calls.append(
            [
                place,
                positional,
                {name: dict(value) if isinstance(value, dict) else value for name, value in keywords.items()},
            ]
        )
        return original(*positional, **keywords) if original else answer

    return replacement


METHODS: dict[str, Any] = {
    "get_user": lambda api, package: api.get_user(3),
    "create_user": lambda api, package: api.create_user(package.UserCreationReq(username="u"), x_request_id="r"),
    "list_users": lambda api, package: api.list_users(
        page=2, q="a=b", _request_timeout=3, _preload_content=False, async_req=True
    ),
    "list_users-bare": lambda api, package: api.list_users(),
    "list_users-twin": lambda api, package: api.list_users_with_http_info(sort="a"),
    "search_users": lambda api, package: api.search_users("u", page=1),
    "permissions": lambda api, package: api.get_current_user_permissions(scope="/s", relative=True),
    "delete_user": lambda api, package: api.delete_user_with_http_info(3),
    "update_user_profile": lambda api, package: api.update_user_profile(3, {"email": None}),
}
for label, act in METHODS.items():

    def _call_api(stage: Stage, act: Any = act) -> object:
        api = stage.api()
        calls: list[Any] = []
        api.api_client.call_api = _seen("call_api", calls, "what it returns")
        return [act(api, stage.package), calls]

    add(f"habits/call_api-replaced/{label}", _call_api)

    def _request(stage: Stage, act: Any = act) -> object:
        api = stage.api()
        calls: list[Any] = []
        api.api_client.request = _seen("request", calls, original=api.api_client.request)
        returned = act(api, stage.package)
        if hasattr(returned, "wait"):
            returned = returned.get(30)
        for call in calls:
            call[2].pop("headers")
        return [returned, calls]

    add(
        f"habits/request-replaced/{label}",
        _request,
        json_answer([] if "users" in label or label == "permissions" else {"user_id": 3}),
        differs=differs("delete-without-body", "requests.0.body", "requests.0.headers.content-length")
        if label == "delete_user"
        else (),
    )


@case("habits/call_api-replaced/class", USER)
def _call_api_class(stage: Stage) -> object:
    calls: list[Any] = []
    original = stage.package.ApiClient.call_api

    def counted(self: Any, *positional: Any, **keywords: Any) -> object:
        calls.append([positional[:2]])
        return original(self, *positional, **keywords)

    api = stage.api()
    with mock.patch.object(stage.package.ApiClient, "call_api", counted):
        user = api.get_user(3)
    return [user, calls]


@case("habits/call_api-replaced/subclass", USER)
def _call_api_subclass(stage: Stage) -> object:
    calls: list[Any] = []

    class Client(stage.package.ApiClient):  # type: ignore[name-defined, misc]
        def call_api(self, resource_path: str, method: str, *rest: Any, **keywords: Any) -> Any:
            calls.append([resource_path, method])
            return super().call_api(resource_path, method, *rest, **keywords)

    api = stage.package.UserApi(Client(stage.configuration()))
    return [api.get_user(3), api.get_user_with_http_info(3), calls]


@case("habits/request-replaced/subclass", USER)
def _request_subclass(stage: Stage) -> object:
    class Client(stage.package.ApiClient):  # type: ignore[name-defined, misc]
        def request(self, method: str, url: str, **keywords: Any) -> Any:
            keywords["headers"]["X-Method"] = method
            return super().request(method, url, **keywords)

    return stage.package.UserApi(Client(stage.configuration())).get_user(3)


@case("habits/init-replaced/subclass", USER)
def _init_subclass(stage: Stage) -> object:
    class Client(stage.package.ApiClient):  # type: ignore[name-defined, misc]
        def __init__(self, team: str) -> None:
            super().__init__(stage.configuration(), header_name="X-Team", header_value=team)

    return stage.package.UserApi(Client("blue")).get_user(3)


for verb, arguments in {"GET": {}, "POST": {"body": {"a": 1}}, "DELETE": {}, "PUT": {"body": {}}}.items():
    for place in (verb, "request"):

        def _verb(stage: Stage, verb: str = verb, place: str = place, arguments: Any = arguments) -> object:
            client = stage.client()
            calls: list[Any] = []
            original = getattr(client.rest_client, place)
            setattr(client.rest_client, place, _seen(place, calls, original=original))
            result = client.call_api("/x", verb, {}, [("q", "a b")], {"A": "1"}, response_type="object", **arguments)
            for call in calls:
                call[2]["headers"].pop("User-Agent", None)
                call[2].pop("query_params")
            return [result[0], calls]

        add(
            f"habits/rest-{place}-replaced/{verb}",
            _verb,
            differs=differs("delete-without-body", "requests", "result.list.1") if verb == "DELETE" else (),
        )


@case("habits/rest-GET-replaced/answers-itself")
def _own_answer(stage: Stage) -> object:
    class Raw:
        status, reason, data, headers = 200, "OK", '{"user_id": 9}', urllib3.HTTPHeaderDict({"A": "b"})

    client = stage.client()
    client.rest_client.GET = lambda *positional, **keywords: stage.package.rest.RESTResponse(Raw())
    api = stage.package.UserApi(client)
    return [api.get_user(3), api.get_user_with_http_info(3)[1:], client.last_response.status]


@case("habits/rest-request-replaced/class")
def _rest_class(stage: Stage) -> object:
    class Raw:
        status, reason, data, headers = 200, "OK", '{"user_id": 9}', urllib3.HTTPHeaderDict({"A": "b"})

    api = stage.api()
    with mock.patch.object(
        stage.package.rest.RESTClientObject, "request", return_value=stage.package.rest.RESTResponse(Raw())
    ):
        return [api.get_user(3), api.delete_user(3)]


@case("habits/rest_client-replaced", USER)
def _rest_replaced(stage: Stage) -> object:
    calls: list[Any] = []

    class Rest(stage.package.rest.RESTClientObject):  # type: ignore[name-defined, misc]
        def request(self, method: str, url: str, *positional: Any, **keywords: Any) -> Any:
            calls.append(method)
            return super().request(method, url, *positional, **keywords)

    client = stage.client()
    client.rest_client = Rest(client.configuration)
    api = stage.package.UserApi(client)
    return [api.get_user(3), api.create_user({}), calls]


@case("habits/rest-request-raises")
def _rest_raises(stage: Stage) -> object:
    client = stage.client()

    def refuse(*positional: Any, **keywords: Any) -> None:
        raise stage.package.rest.ApiException(status=503, reason="as the test wants it")

    client.rest_client.request = refuse
    return stage.package.UserApi(client).get_user(3)


def _raw(body: bytes, status: int = 200) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(body=body, status=status, reason="OK", headers={"Content-Type": "application/json"})


for verb in ("GET", "POST", "PUT", "DELETE"):

    def _manager(stage: Stage, verb: str = verb) -> object:
        client = stage.client()
        calls: list[Any] = []
        client.rest_client.pool_manager.request = _seen("pool", calls, _raw(b'{"a": 1}'))
        result = client.call_api(
            "/x",
            verb,
            {},
            [("q", "a b")],
            {"A": "1"},
            {"b": 1} if verb in ("POST", "PUT") else None,
            response_type="object",
        )
        _, positional, keywords = calls[0]
        keywords["headers"].pop("User-Agent", None)
        return [
            result,
            positional[0],
            "/x" in positional[1],
            keywords["headers"],
            json.loads(keywords.get("body") or "null"),
        ]

    add(
        f"habits/pool_manager-request-replaced/{verb}",
        _manager,
        differs=differs("delete-without-body", "result.list.4", ours={"result.list.4": None})
        if verb == "DELETE"
        else (),
    )


@case("habits/pool_manager-request-replaced/spy", USER)
def _manager_spy(stage: Stage) -> object:
    client = stage.client()
    calls: list[Any] = []
    manager = client.rest_client.pool_manager
    manager.request = _seen("pool", calls, original=manager.request)
    user = stage.package.UserApi(client).get_user(3)
    return [user, len(calls), calls[0][1][0]]


@case("habits/pool_manager-request-replaced/error")
def _manager_error(stage: Stage) -> object:
    client = stage.client()
    client.rest_client.pool_manager.request = lambda *positional, **keywords: _raw(b'{"errors": []}', 409)
    return stage.package.UserApi(client).create_user({})


@case("habits/pool_manager-request-replaced/class", USER)
def _manager_class(stage: Stage) -> object:
    api = stage.api()
    with mock.patch("urllib3.PoolManager.request", return_value=_raw(b'{"user_id": 8}')):
        return api.get_user(3)


@case("habits/pool_manager-replaced", USER)
def _manager_replaced(stage: Stage) -> object:
    client = stage.client()
    client.rest_client.pool_manager = urllib3.PoolManager(num_pools=1, maxsize=1)
    api = stage.package.UserApi(client)
    return [api.get_user(3), api.create_user({}), type(client.rest_client.pool_manager)]


@case("habits/pool_manager-replaced/headers", USER)
def _manager_headers(stage: Stage) -> object:
    client = stage.client()
    client.rest_client.pool_manager = urllib3.PoolManager(headers={"X-Manager": "1"})
    return stage.package.UserApi(client).get_user(3)


@case("habits/pool_manager-replaced/proxy")
def _manager_proxy(stage: Stage) -> object:
    client = stage.client(host="http://harbor.invalid/api/v2.0")
    client.rest_client.pool_manager = urllib3.ProxyManager(f"http://127.0.0.1:{stage.server.port}")
    return stage.package.UserApi(client).get_user(3)


@case("habits/pool_manager-clear", USER)
def _clear(stage: Stage) -> object:
    api = stage.api()
    api.get_user(1)
    api.api_client.rest_client.pool_manager.clear()
    return api.get_user(3)


@case("habits/pool_manager-urlopen-replaced/class", USER)
def _urlopen_class(stage: Stage) -> object:
    api = stage.api()
    with mock.patch("urllib3.PoolManager.urlopen", return_value=_raw(b'{"user_id": 8}')):
        return api.get_user(3)


@case("habits/pool_manager-urlopen-replaced/instance", USER)
def _urlopen_instance(stage: Stage) -> object:
    client = stage.client()
    calls: list[Any] = []
    manager = client.rest_client.pool_manager
    manager.urlopen = _seen("urlopen", calls, original=manager.urlopen)
    user = stage.package.UserApi(client).get_user(3)
    return [user, [call[1][0] for call in calls]]


# The client's own helpers.
@case("habits/helper-replaced/deserialize", USER)
def _deserialize(stage: Stage) -> object:
    client = stage.client()
    client.deserialize = lambda response, response_type: [response_type, json.loads(response.data)]
    return stage.package.UserApi(client).get_user(3)


@case("habits/helper-replaced/sanitize_for_serialization", USER)
def _sanitize(stage: Stage) -> object:
    client = stage.client()
    original = client.sanitize_for_serialization

    def upper(value: Any) -> Any:
        value = original(value)
        return (
            {key.upper(): item for key, item in value.items()}
            if isinstance(value, dict) and "comment" in value
            else value
        )

    client.sanitize_for_serialization = upper
    return stage.package.UserApi(client).update_user_profile(3, {"comment": "c"})


@case("habits/helper-replaced/select_header_accept", USER)
def _accept(stage: Stage) -> object:
    client = stage.client()
    client.select_header_accept = lambda accepts: "application/vnd.x+json"
    client.select_header_content_type = lambda kinds: "application/json; charset=utf-8"
    return stage.package.UserApi(client).get_user(3)


# Twins.
for label, act in {
    "get_user": lambda api: api.get_user(3, _request_timeout=4),
    "list_users": lambda api: api.list_users(page=1),
    "create_user": lambda api: api.create_user({"a": 1}, x_request_id="r"),
    "delete_user": lambda api: api.delete_user(user_id=3),
    "update_user_profile": lambda api: api.update_user_profile(3, profile={}),
}.items():

    def _twin(stage: Stage, act: Any = act, label: str = label) -> object:
        api = stage.api()
        calls: list[Any] = []
        setattr(api, f"{label}_with_http_info", _seen("twin", calls, "from the twin"))
        return [act(api), calls]

    add(f"habits/twin-replaced/{label}", _twin)


@case("habits/twin-replaced/subclass", USER)
def _twin_subclass(stage: Stage) -> object:
    class Api(stage.package.UserApi):  # type: ignore[name-defined, misc]
        def get_user_with_http_info(self, user_id: int, **keywords: Any) -> Any:
            return super().get_user_with_http_info(user_id + 1, **keywords)

    return Api(stage.client()).get_user(2)


# Mocks.
@case("habits/mock/api_client")
def _mock_client(stage: Stage) -> object:
    client = mock.Mock()
    client.call_api.return_value = "mocked"
    api = stage.package.UserApi(client)
    return [api.get_user(3), api.list_users(page=1), api.create_user({"a": 1}), client.call_api.call_count]


@case("habits/mock/api_client-keyword")
def _mock_spec(stage: Stage) -> object:
    client = mock.MagicMock(spec=stage.package.ApiClient)
    client.configuration = stage.configuration()
    client.client_side_validation = True
    client.call_api.return_value = "mocked"
    return stage.package.UserApi(api_client=client).get_user(3)


@case("habits/mock/autospec")
def _mock_autospec(stage: Stage) -> object:
    api = mock.create_autospec(stage.package.UserApi, instance=True)
    api.get_user.return_value = stage.package.UserResp(user_id=3)
    return api.get_user(3)


@case("habits/mock/method")
def _mock_method(stage: Stage) -> object:
    with mock.patch.object(stage.package.UserApi, "get_user", return_value="mocked"):
        return stage.api().get_user(3)


@case("habits/mock/side-effect")
def _mock_error(stage: Stage) -> object:
    error = stage.package.rest.ApiException(status=404, reason="Not Found")
    with mock.patch.object(stage.package.UserApi, "get_user_with_http_info", side_effect=error):
        return stage.api().get_user(3)
