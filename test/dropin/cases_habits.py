"""What scripts do beyond calling: headers and credentials of their own, threads, loops."""

from __future__ import annotations

import json
import threading
from unittest import mock

from recorder import Answer
from stage import Stage, basic, case, differs, json_answer

USER = json_answer({"user_id": 3, "username": "jana"})
CREATION = {"username": "jana", "password": "Pass-Word-1"}


# Header precedence, credentials other than Basic.
@case("habits/default-headers-win", USER)
def _precedence(stage: Stage) -> object:
    client = stage.client()
    client.set_default_header("X-Request-Id", "of-the-client")
    client.set_default_header("Accept", "application/vnd.x+json")
    client.set_default_header("Authorization", "Bearer beaten-by-basic")
    client.set_default_header("X-Harbor-CSRF-Token", "t")
    return stage.package.UserApi(client).get_user(3, x_request_id="of-the-call")


@case(
    "habits/default-content-type",
    USER,
    differs=differs("unsendable-bodies", "error", ours={"error.type": "ValueError"}),
)
def _content_type(stage: Stage) -> object:
    client = stage.client()
    client.set_default_header("Content-Type", "application/x-own")
    return stage.package.UserApi(client).create_user(dict(CREATION))


@case("habits/default-content-type-get", USER)
def _content_type_get(stage: Stage) -> object:
    client = stage.client()
    client.set_default_header("Content-Type", "application/x-own")
    return stage.package.UserApi(client).get_user(3)


ONE = "one-header-a-name"


@case(
    "habits/default-headers-other-case",
    USER,
    differs=differs(ONE, "", ours={"requests.0.headers.x-request-id": ["client"]}),
)
def _other_case(stage: Stage) -> object:
    client = stage.client()
    client.default_headers["x-request-id"] = "client"
    return stage.package.UserApi(client).get_user(3, x_request_id="call")


@case("habits/default-header-int", USER)
def _int_header(stage: Stage) -> object:
    client = stage.client()
    client.default_headers["X-Number"] = 5
    return stage.package.UserApi(client).get_user(3)


@case("habits/default-headers-replaced", USER)
def _replaced_headers(stage: Stage) -> object:
    client = stage.client()
    client.default_headers = {"X-Only": "1"}
    return stage.package.UserApi(client).get_user(3)


@case("habits/bearer-by-default-header", USER)
def _bearer(stage: Stage) -> object:
    client = stage.client(username="", password="")
    client.default_headers["Authorization"] = "Bearer t-1"
    return stage.package.UserApi(client).get_user(3)


@case("habits/bearer-by-instance", USER)
def _bearer_instance(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.get_basic_auth_token = lambda: "Bearer t-2"
    return stage.package.UserApi(stage.package.ApiClient(configuration)).get_user(3)


@case("habits/bearer-by-instance-later", USER)
def _bearer_later(stage: Stage) -> object:
    api = stage.api()
    api.get_user(1)
    api.api_client.configuration.get_basic_auth_token = lambda: "Bearer t-3"
    return api.get_user(3)


@case("habits/bearer-by-class", USER)
def _bearer_class(stage: Stage) -> object:
    api = stage.api()
    api.get_user(1)
    with mock.patch.object(stage.package.Configuration, "get_basic_auth_token", lambda self: f"Bearer {self.username}"):
        api.get_user(2)
    return api.get_user(3)


@case("habits/bearer-by-subclass", USER)
def _bearer_subclass(stage: Stage) -> object:
    class Token(stage.package.Configuration):  # type: ignore[name-defined, misc]
        def get_basic_auth_token(self) -> str:
            return "Bearer t-4"

    configuration = Token()
    configuration.host = stage.server.url
    return stage.package.UserApi(stage.package.ApiClient(configuration)).get_user(3)


def _settings(self: object = None) -> dict[str, dict[str, str]]:
    return {"basic": {"type": "bearer", "in": "header", "key": "X-Token", "value": "t-5"}}


@case("habits/auth_settings-by-instance", USER)
def _auth_instance(stage: Stage) -> object:
    api = stage.api()
    api.api_client.configuration.auth_settings = _settings
    return api.get_user(3)


@case("habits/auth_settings-by-class", USER)
def _auth_class(stage: Stage) -> object:
    api = stage.api()
    with mock.patch.object(stage.package.Configuration, "auth_settings", _settings):
        return api.get_user(3)


@case("habits/auth_settings-by-subclass", USER)
def _auth_subclass(stage: Stage) -> object:
    class Keys(stage.package.Configuration):  # type: ignore[name-defined, misc]
        def auth_settings(self) -> dict[str, dict[str, str]]:
            settings: dict[str, dict[str, str]] = super().auth_settings()
            settings["basic"]["value"] = settings["basic"]["value"].replace("Basic", "Custom")
            return settings

    configuration = Keys()
    configuration.host, configuration.username, configuration.password = stage.server.url, "u", "p"
    return stage.package.UserApi(stage.package.ApiClient(configuration)).get_user(3)


@case("habits/auth_settings-counts-its-calls", USER)
def _auth_counted(stage: Stage) -> object:
    api, calls = stage.api(), []

    def settings() -> dict[str, dict[str, str]]:
        calls.append(1)
        return {"basic": {"type": "basic", "in": "header", "key": "Authorization", "value": f"Bearer {len(calls)}"}}

    api.api_client.configuration.auth_settings = settings
    api.get_user(3)
    api.create_user({})
    return len(calls)


@case("habits/update_params_for_auth-replaced", USER)
def _auth_replaced(stage: Stage) -> object:
    api = stage.api()
    api.api_client.update_params_for_auth = lambda headers, querys, settings: headers.update({"X-Signed": "yes"})
    return api.get_user(3)


# What the documentation of the generated client shows.
@case("habits/documentation", Answer(201, "Created", (("Location", "/api/v2.0/users/3"),)))
def _documentation(stage: Stage) -> object:
    harbor_client = stage.package
    configuration = harbor_client.Configuration()
    configuration.username = "YOUR_USERNAME"
    configuration.password = "YOUR_PASSWORD"
    configuration.host = stage.server.url
    api_instance = harbor_client.UserApi(harbor_client.ApiClient(configuration))
    user_req = harbor_client.UserCreationReq()
    x_request_id = "x_request_id_example"
    return api_instance.create_user(user_req, x_request_id=x_request_id)


@case("habits/threads", USER)
def _threads(stage: Stage) -> object:
    api = stage.api()
    names: list[str] = []

    def work() -> None:
        names.extend(api.get_user(3).username for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with stage.server._lock:
        stage.server.requests.clear()
    return names


@case("habits/two-clients", USER)
def _two(stage: Stage) -> object:
    first, second = stage.api(), stage.api(username="second", password="Second-1")
    first.get_user(1)
    second.get_user(2)
    return first.get_user(3)


@case("habits/walk-the-pages", json_answer([{"user_id": n} for n in range(10)]), json_answer([{"user_id": 10}]))
def _pages(stage: Stage) -> object:
    api, users, page = stage.api(), [], 1
    while True:
        batch = api.list_users(page=page, page_size=10)
        users += [user.user_id for user in batch]
        if len(batch) < 10:
            return users
        page += 1


@case("habits/total-count", json_answer([], x_total_count="42"))
def _total(stage: Stage) -> object:
    _, _, headers = stage.api().list_users_with_http_info(page_size=1)
    return [int(headers["X-Total-Count"]), int(headers.get("x-total-count", 0))]


@case("habits/one-user-as-dictionary", USER)
def _dictionary(stage: Stage) -> object:
    return json.loads(json.dumps(stage.api().get_user(3).to_dict(), default=str))


@case("habits/sanitized-by-the-client", json_answer([{"user_id": 1, "creation_time": "2026-11-24T01:02:03.000Z"}]))
def _sanitized(stage: Stage) -> object:
    api = stage.api()
    return api.api_client.sanitize_for_serialization(api.list_users())


def _check(header: str | None) -> bool:
    return header == basic("admin", "Harbor12345")


@case("habits/credentials-reach-the-server", USER)
def _credentials(stage: Stage) -> object:
    stage.api().get_user(3)
    with stage.server._lock:
        return _check(stage.server.requests[0].header("Authorization"))


@case("habits/user-agent-removed", USER)
def _no_agent(stage: Stage) -> object:
    client = stage.client()
    del client.default_headers["User-Agent"]
    return stage.package.UserApi(client).get_user(3)


@case("habits/default-headers-updated", USER)
def _updated(stage: Stage) -> object:
    client = stage.client()
    client.default_headers.update({"X-A": "1", "X-B": "2"})
    return stage.package.UserApi(client).get_user(3)
