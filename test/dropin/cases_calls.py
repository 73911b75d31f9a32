"""The eleven operations: every way of calling each, what goes over the wire, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recorder import Answer
from stage import NOTHING, Stage, add, case, differs, json_answer

Body = Callable[[Any], object]

USER = {
    "admin_role_in_auth": False,
    "comment": "from Brno",
    "creation_time": "2026-11-02T08:09:10.123Z",
    "email": "jana@example.com",
    "oidc_user_meta": {"id": 5, "subiss": "s", "secret": "Cli-Secret-1", "creation_time": "2026-11-02T08:09:10.000Z"},
    "realname": "Jana Nováková",
    "sysadmin_flag": True,
    "update_time": "2026-11-02T08:09:11.000Z",
    "user_id": 3,
    "username": "jana",
}
CREATED = Answer(201, "Created", (("Location", "/api/v2.0/users/3"), ("Set-Cookie", "sid=1; Path=/; HttpOnly")))
EMPTY = Answer(200, "OK", (("X-Request-Id", "r-1"), ("Set-Cookie", "sid=1; Path=/; HttpOnly")))
NOT_FOUND = json_answer(
    {"errors": [{"code": "NOT_FOUND", "message": "user 3 not found"}]}, 404, "Not Found", x_request_id="r-2"
)


@dataclass(frozen=True)
class Operation:
    name: str
    answer: Answer
    path: tuple[str, object] | None = None  # the path parameter and its value
    body: tuple[str, Body] | None = None  # the body parameter and what makes it
    query: tuple[tuple[str, object], ...] = ()
    required_query: tuple[str, object] | None = None

    def arguments(self, package: Any) -> list[tuple[str, object]]:
        """The required parameters, in order of position."""
        found: list[tuple[str, object]] = [self.path] if self.path else []
        if self.body:
            found.append((self.body[0], self.body[1](package)))
        return found + ([self.required_query] if self.required_query else [])


def _creation(package: Any) -> object:
    return package.UserCreationReq(username="jana", email="jana@example.com", realname="Jana", password="Pass-Word-1")


OPERATIONS = (
    Operation("create_user", CREATED, body=("user_req", _creation)),
    Operation("delete_user", EMPTY, path=("user_id", 3)),
    Operation("get_current_user_info", json_answer(USER)),
    Operation(
        "get_current_user_permissions",
        json_answer([{"resource": "/project/1/member", "action": "list"}]),
        query=(("scope", "/project/1"), ("relative", True)),
    ),
    Operation("get_user", json_answer(USER, x_request_id="r-3"), path=("user_id", 3)),
    Operation(
        "list_users",
        json_answer([USER, {"user_id": 4}], x_total_count="2", link='</api/v2.0/users?page=2>; rel="next"'),
        query=(("page", 2), ("q", "username=~ja"), ("page_size", 100), ("sort", "-user_id")),
    ),
    Operation(
        "search_users",
        json_answer([{"user_id": 3, "username": "jana"}]),
        query=(("page", 1), ("page_size", 10)),
        required_query=("username", "jana"),
    ),
    Operation(
        "set_cli_secret",
        EMPTY,
        ("user_id", 3),
        ("secret", lambda package: package.OIDCCliSecretReq(secret="Cli-Secret-2")),
    ),
    Operation(
        "set_user_sys_admin", EMPTY, ("user_id", 3), ("sysadmin_flag", lambda package: package.UserSysAdminFlag(True))
    ),
    Operation(
        "update_user_password",
        EMPTY,
        ("user_id", 3),
        ("password", lambda package: package.PasswordReq(old_password="Old-Pass-1", new_password="New-Pass-1")),
    ),
    Operation(
        "update_user_profile",
        EMPTY,
        ("user_id", 3),
        ("profile", lambda package: package.UserProfile(email="j@example.com", realname="J", comment="")),
    ),
)

DELETE_BODY = differs(
    "delete-without-body", "requests.0.body", "requests.0.headers.content-length", ours={"requests.0.body": ""}
)


def _method(stage: Stage, operation: Operation, twin: bool = False, **attributes: object) -> Any:
    return getattr(stage.api(**attributes), operation.name + ("_with_http_info" if twin else ""))


def _values(stage: Stage, operation: Operation) -> list[object]:
    return [value for _, value in operation.arguments(stage.package)]


def _ways(operation: Operation) -> dict[str, Callable[[Stage], object]]:
    """Every way of calling an operation that ends well."""
    query = dict(operation.query)

    def call(twin: bool = False, **options: object) -> Callable[[Stage], object]:
        return lambda stage: _method(stage, operation, twin)(*_values(stage, operation), **options)

    def waited(twin: bool = False, **options: object) -> Callable[[Stage], object]:
        def run(stage: Stage) -> object:
            pending = _method(stage, operation, twin)(*_values(stage, operation), async_req=True, **options)
            value = pending.get(timeout=30)
            return [pending, value, pending.ready(), pending.successful()]

        return run

    return {
        "positional": call(),
        "keywords": lambda stage: _method(stage, operation)(**dict(operation.arguments(stage.package)), **query),
        "twin": call(twin=True),
        "twin-keywords": lambda stage: _method(stage, operation, True)(
            **dict(operation.arguments(stage.package)), **query, x_request_id="audit-7"
        ),
        "request-id": call(x_request_id="audit-7"),
        "async": waited(),
        "async-twin": waited(twin=True),
        "async-false": call(async_req=False),
        "data-only-false": call(_return_http_data_only=False),
        "twin-data-only": call(twin=True, _return_http_data_only=True),
        "raw": call(_preload_content=False),
        "raw-none": call(_preload_content=None),
        "raw-twin": call(twin=True, _preload_content=False),
        "raw-async": waited(_preload_content=False),
        "timeout-seconds": call(_request_timeout=30),
        "timeout-pair": call(_request_timeout=(5, 30)),
        "timeout-zero": call(_request_timeout=0),
        "timeout-none": call(_request_timeout=None),
    }


for operation in OPERATIONS:
    deletes = DELETE_BODY if operation.name == "delete_user" else ()
    for way, run in _ways(operation).items():
        add(f"calls/{operation.name}/{way}", run, operation.answer, differs=deletes)
    add(
        f"calls/{operation.name}/request-id-none",
        lambda stage, o=operation: _method(stage, o)(*_values(stage, o), x_request_id=None),
        operation.answer,
        differs=differs(
            "request-id-none",
            "error",
            "result",
            "requests",
            ours={"error": NOTHING, "requests.0.headers.x-request-id.0": NOTHING},
        ),
    )
    add(
        f"calls/{operation.name}/request-id-empty",
        lambda stage, o=operation: _method(stage, o)(*_values(stage, o), x_request_id=""),
    )
    add(
        f"calls/{operation.name}/not-found",
        lambda stage, o=operation: _method(stage, o)(*_values(stage, o)),
        NOT_FOUND,
        differs=deletes,
    )
    add(
        f"calls/{operation.name}/not-found-twin",
        lambda stage, o=operation: _method(stage, o, True)(*_values(stage, o)),
        NOT_FOUND,
        differs=deletes,
    )
    add(
        f"calls/{operation.name}/not-found-async",
        lambda stage, o=operation: _method(stage, o)(*_values(stage, o), async_req=True).get(30),
        NOT_FOUND,
        differs=deletes,
    )
    add(
        f"calls/{operation.name}/unknown-keyword",
        lambda stage, o=operation: _method(stage, o)(*_values(stage, o), usr_id=3),
    )
    add(
        f"calls/{operation.name}/unknown-keyword-async",
        lambda stage, o=operation: _method(stage, o)(*_values(stage, o), usr_id=3, async_req=True),
    )
    add(
        f"calls/{operation.name}/one-too-many",
        lambda stage, o=operation: _method(stage, o)(*_values(stage, o), "one too many"),
    )
    add(
        f"calls/{operation.name}/last-response",
        lambda stage, o=operation: _last_response(stage, o),
        operation.answer,
        differs=deletes,
    )
    for index in range(len([part for part in (operation.path, operation.body, operation.required_query) if part])):
        for form in ("none", "forgotten", "none-async"):
            add(
                f"calls/{operation.name}/required-{index}-{form}",
                lambda stage, o=operation, i=index, form=form: _without(stage, o, i, form),
            )


def _last_response(stage: Stage, operation: Operation) -> object:
    client = stage.client()
    before = getattr(client, "last_response", None) is not None
    getattr(stage.package.UserApi(client), operation.name)(*_values(stage, operation))
    last = client.last_response
    return [
        *(before, last, last.data, last.status, last.reason, last.getheader("X-REQUEST-ID")),
        last.getheader("none", "d"),
    ]


def _without(stage: Stage, operation: Operation, index: int, form: str) -> object:
    arguments = dict(operation.arguments(stage.package))
    name = list(arguments)[index]
    if form == "forgotten":
        del arguments[name]
    else:
        arguments[name] = None
    if form == "none-async":
        arguments["async_req"] = True
    return _method(stage, operation)(**arguments)


# Query values: what Harbor gets to see.
TEXTS = {
    "plain": "alice",
    "space": "alice smith",
    "plus": "a+b",
    "percent": "100%",
    "escaped": "a%2Bb",
    "equals": "username=alice",
    "fuzzy": "username=~ali",
    "range": "user_id=[1~5]",
    "list": "username={a b}",
    "and": "a=1,b=2",
    "amp": "a&b=c",
    "hash": "a#b",
    "slash": "/project/1",
    "unicode": "žluťoučký",
    "emoji": "🙂",
    "quote": '"it\'s"',
    "backslash": "a\\b",
    "semicolon": "a;b",
    "question": "a?b",
    "newline": "a\nb",
    "tilde": "~",
    "colon": "2026-11-24 00:00:00",
    "star": "*",
    "empty": "",
    "nul": "a\0b",
}
for label, text in TEXTS.items():
    add(f"calls/query/q-{label}", lambda stage, t=text: stage.api().list_users(q=t), json_answer([]))
    add(f"calls/query/sort-{label}", lambda stage, t=text: stage.api().list_users(sort=t), json_answer([]))
    add(f"calls/query/username-{label}", lambda stage, t=text: stage.api().search_users(t), json_answer([]))
    add(
        f"calls/query/scope-{label}",
        lambda stage, t=text: stage.api().get_current_user_permissions(scope=t),
        json_answer([]),
    )

for label, number in {"one": 1, "zero": 0, "negative": -1, "hundred": 100, "text": "3", "big": 10**12}.items():
    add(f"calls/query/page-{label}", lambda stage, n=number: stage.api().list_users(page=n), json_answer([]))
    add(
        f"calls/query/search-page-{label}",
        lambda stage, n=number: stage.api().search_users("a", page=n),
        json_answer([]),
    )
for label, number in {"zero": 0, "negative": -1, "hundred": 100, "too-big": 101}.items():
    add(f"calls/query/page_size-{label}", lambda stage, n=number: stage.api().list_users(page_size=n), json_answer([]))
    add(
        f"calls/query/search-page_size-{label}",
        lambda stage, n=number: stage.api().search_users("a", page_size=n),
        json_answer([]),
    )
add(
    "calls/query/page_size-text",
    lambda stage: stage.api().list_users(page_size="5"),
    json_answer([]),
    differs=differs(
        "integer-texts", "error", "result", "requests", ours={"requests.0.target": "/api/v2.0/users?page_size=5"}
    ),
)
for name in ("q", "sort", "page", "page_size"):
    add(
        f"calls/query/{name}-none",
        lambda stage, name=name: stage.api().list_users(**{name: None}),
        json_answer([]),
        differs=differs("none-is-not-given", "", ours={"requests.0.target": "/api/v2.0/users"}),
    )
add(
    "calls/query/scope-none",
    lambda stage: stage.api().get_current_user_permissions(scope=None, relative=None),
    json_answer([]),
    differs=differs("none-is-not-given", "", ours={"requests.0.target": "/api/v2.0/users/current/permissions"}),
)
for label, relative in {"true": True, "false": False}.items():
    add(
        f"calls/query/relative-{label}",
        lambda stage, r=relative: stage.api().get_current_user_permissions(scope="/system", relative=r),
        json_answer([]),
    )

for label, flag in {"one": 1, "zero": 0, "text": "true"}.items():
    add(
        f"calls/query/relative-{label}",
        lambda stage, f=flag: stage.api().get_current_user_permissions(scope="/system", relative=f),
        json_answer([]),
    )
for label, number in {"int": 12345, "float": 1.5}.items():
    no_text = differs("text-values", "", ours={"error.type": "TypeError", "requests": []})
    add(
        f"calls/query/username-{label}",
        lambda stage, n=number: stage.api().search_users(n),
        json_answer([]),
        differs=no_text,
    )
    add(f"calls/query/q-{label}", lambda stage, n=number: stage.api().list_users(q=n), json_answer([]), differs=no_text)
add("calls/query/username-bytes", lambda stage: stage.api().search_users(b"jana"), json_answer([]))

# Path values.
for label, value in {"text": "3", "one": 1, "big": 2**31, "zero": 0, "negative": -1, "minus-text": "-1"}.items():
    add(f"calls/path/{label}", lambda stage, v=value: stage.api().get_user(v), json_answer(USER))
add(
    "calls/path/bytes",
    lambda stage: stage.api().get_user(b"3"),
    json_answer(USER),
    differs=differs("path-values", "", ours={"requests.0.target": "/api/v2.0/users/3"}),
)
WRONG_IDS = {
    "word": "abc",
    "true": True,
    "float": 1.5,
    "empty": "",
    "dots": "..",
    "climb": "../1",
    "other-endpoint": "1/sysadmin",
    "query": "1?x",
    "list": [1],
}
for label, wrong in WRONG_IDS.items():
    for name in ("get_user", "delete_user"):
        add(
            f"calls/path/{name}-{label}",
            lambda stage, v=wrong, name=name: getattr(stage.api(), name)(v),
            json_answer(USER),
            differs=differs("path-values", "", ours={"requests": []}),
        )
for name in ("page", "page_size"):
    for label, odd in {"word": "x", "float": 1.5, "true": True}.items():
        add(
            f"calls/query/{name}-{label}",
            lambda stage, name=name, v=odd: stage.api().list_users(**{name: v}),
            json_answer([]),
            differs=differs("paging-values", "", ours={"requests": []}),
        )

# Request ids and other headers.
HEADERS = "header-values"
add(
    "calls/request-id-unicode",
    lambda stage: stage.api().get_user(3, x_request_id="ž"),
    json_answer(USER),
    differs=differs(HEADERS, "error", ours={"error.type": "ValueError", "requests": []}),
)
add("calls/request-id-latin", lambda stage: stage.api().get_user(3, x_request_id="é"), json_answer(USER))
for label, text in {"newline": "tell-tale\r\nX: y", "nul": "tell-tale\0"}.items():

    def _illegal(stage: Stage, text: str = text) -> object:
        error = stage.attempt(lambda: stage.api().get_user(3, x_request_id=text))
        return [isinstance(error, ValueError), "tell-tale" in str(error)]

    add(
        f"calls/request-id-{label}",
        _illegal,
        json_answer(USER),
        differs=differs(HEADERS, "", ours={"result.list": [True, False], "requests": []}),
    )
add("calls/request-id-blanks", lambda stage: stage.api().get_user(3, x_request_id="a b"), json_answer(USER))
add("calls/request-id-long", lambda stage: stage.api().get_user(3, x_request_id="a" * 300), json_answer(USER))

# Bodies that are not the model of the operation.
NO_OBJECTS = ("list", "text", "zero", "false")
BODIES: dict[str, Body] = {
    "dict": lambda package: {"username": "jana", "email": "j@example.com"},
    "dict-none": lambda package: {"username": "jana", "comment": None},
    "dict-empty": lambda package: {},
    "dict-nested": lambda package: {"a": {"b": [1, None, {"c": 1.5}]}, "t": (1, 2)},
    "dict-of-models": lambda package: {"u": package.UserProfile(email="e")},
    "other-model": lambda package: package.UserResp(username="jana", email="j@example.com", user_id=3),
    "empty-model": lambda package: package.UserCreationReq(),
    "empty-strings": lambda package: package.UserCreationReq(username="", email="", comment=""),
    "unicode": lambda package: package.UserCreationReq(username="žluťoučký", realname="🙂"),
    "list": lambda package: [1, 2],
    "text": lambda package: "text",
    "zero": lambda package: 0,
    "false": lambda package: False,
}
for label, body in BODIES.items():
    refused = (
        differs("bodies-are-objects", "", ours={"error.type": "TypeError", "requests": []})
        if label in NO_OBJECTS
        else ()
    )
    for method, act in {
        "create": lambda stage, b=body: stage.api().create_user(b(stage.package)),
        "profile": lambda stage, b=body: stage.api().update_user_profile(3, b(stage.package)),
        "flag": lambda stage, b=body: stage.api().set_user_sys_admin(3, b(stage.package)),
    }.items():
        add(f"calls/body/{method}-{label}", act, CREATED if method == "create" else EMPTY, differs=refused)
for label, flag in {"false": False, "none": None, "one": 1}.items():
    add(
        f"calls/body/sysadmin-{label}",
        lambda stage, f=flag: stage.api().set_user_sys_admin(3, stage.package.UserSysAdminFlag(sysadmin_flag=f)),
        EMPTY,
    )
add(
    "calls/body/unset-old-password",
    lambda stage: stage.api().update_user_password(3, stage.package.PasswordReq(new_password="New-Pass-1")),
    EMPTY,
)
add(
    "calls/body/assigned-later",
    lambda stage: stage.api().create_user(_assigned(stage.package)),
    CREATED,
)


def _assigned(package: Any) -> object:
    request = package.UserCreationReq()
    request.username = "jana"
    request.password = "Pass-Word-1"
    request.comment = "c"
    request.comment = None
    return request


@case("calls/location-of-the-triple", CREATED)
def _location(stage: Stage) -> object:
    _, status, headers = stage.api().create_user_with_http_info(_creation(stage.package))
    return [
        *(status, headers["Location"].split("/")[-1], headers["location"], headers.get("LOCATION")),
        *(headers.get("X-None"), headers.get("X-None", "default"), "location" in headers, list(headers)),
        *(dict(headers.items()), headers.getlist("set-cookie"), len(headers)),
    ]


@case(
    "calls/headers-given-twice",
    Answer(200, "OK", (("X-A", "1"), ("x-a", "2"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))),
)
def _duplicates(stage: Stage) -> object:
    headers = stage.api().update_user_profile_with_http_info(3, {})[2]
    return [headers["X-A"], headers.getlist("X-A"), headers.getlist("Set-Cookie"), sorted(headers.items())]


@case("calls/one-connection", json_answer(USER))
def _connection(stage: Stage) -> object:
    api = stage.api()
    for _ in range(5):
        api.get_user(3)
    with stage.server._lock:
        return len({request.connection for request in stage.server.requests})


@case("calls/cookies-never-come-back", json_answer(USER, set_cookie="sid=abc; Path=/"))
def _cookies(stage: Stage) -> object:
    api = stage.api()
    return [api.get_user(3), api.get_user(3)]


@case("calls/many-async", json_answer(USER))
def _many(stage: Stage) -> object:
    api = stage.api()
    pending = [api.get_user(3, async_req=True) for _ in range(20)]
    return [task.get(timeout=30).username for task in pending]
