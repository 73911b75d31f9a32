"""Whichever way an operation is called, and whether it works or not: nothing that it leaves shows a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from harbor_client import ApiClient, UserApi, Users
from harbor_client.testing import FakeHarbor
from support.canaries import SHAPES, Marks, caught, client, echo, operations, writings
from support.faultserver import FaultServer, Steps, again, read_request, reply, reset, respond, send
from support.recorder import Hunt, all_output, hunting, mark

#: An operation's function, a `UserApi` → what comes of it.
WAYS: dict[str, Callable[[Callable[..., Any], UserApi], Any]] = {
    "plain": lambda do, api: do(api),
    "twin": lambda do, api: do(Twins(api)),
    "twin, data only": lambda do, api: do(Twins(api), _return_http_data_only=True),
    "in the background": lambda do, api: do(api, async_req=True).get(30),
    "twin in the background": lambda do, api: do(Twins(api), async_req=True).get(30),
    "raw": lambda do, api: do(api, _preload_content=False),
    "raw in the background": lambda do, api: do(api, _preload_content=False, async_req=True).get(30),
}


class Twins:
    """A ``UserApi`` whose methods are its ``*_with_http_info`` ones."""

    def __init__(self, api: UserApi) -> None:
        self._api = api

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, f"{name}_with_http_info")


SCRIPTS: dict[str, Steps] = {
    "refused": again(respond(echo(422, json.dumps))),
    "a page": again(respond(echo(200, lambda text: f"<html>{text}", "text/html"))),
    "reset": reset,
    "half a response": [read_request, send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")],
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_failures(script: str, way: str, shape: str) -> None:
    marks = Marks.of(shape)
    failed = 0
    with hunting(marks.hunt()) as hunt, FaultServer(SCRIPTS[script]) as server, client(server.url, marks) as made:
        for name, (do, _) in operations(marks).items():
            error = caught(WAYS[way], do, UserApi(made))
            if error is not None:
                failed += 1
                hunt.error(f"the error of {name}", error)
    assert failed == 11 or (script == "a page" and way.startswith("raw"))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("way", WAYS)
def test_successes(way: str, shape: str) -> None:
    marks = Marks.of(shape)
    hunt = marks.hunt()
    for name, (do, response) in operations(marks).items():
        with all_output() as output, FaultServer(again(response)) as server, client(server.url, marks) as made:
            made.configuration.debug = True
            result = WAYS[way](do, UserApi(made))
            logging.getLogger("script").info("%s %r", result, result)
            for shown in (result, [result], {"result": result}, made.last_response, UserApi(made), made):
                for text in writings(shown):
                    hunt.text(f"what {name} gives", text)
        hunt.text(f"the result of {name}, and what was logged, printed or warned about", output)
        assert any("harbor_client DEBUG" in line for line in output)
        assert server.whole
    hunt.assert_nothing()


def test_values_are_real() -> None:
    """What is hunted above is there: scripts need it."""
    marks = Marks.of("odd")
    made_of = operations(marks)
    with FaultServer(again(made_of["get_user"][1])) as server, client(server.url, marks) as made:
        found = UserApi(made).get_user(3)
        assert found.oidc_user_meta is not None
        assert found.oidc_user_meta.secret == marks.stored_secret
        assert found.to_dict()["oidc_user_meta"]["secret"] == marks.stored_secret
    with FaultServer(again(reply())) as server, client(server.url, marks) as made:
        made_of["update_user_password"][0](UserApi(made))
        sent = json.loads(server.whole[0].body)
        assert sent == {"old_password": marks.old_password, "new_password": marks.new_password}


#: What `Users` does with a password, and what the script gives.
USERS: dict[str, Callable[[Users, str], object]] = {
    "create": lambda users, secret: users.create("bob", email="b@example.com", password=secret),
    "create, again": lambda users, secret: users.create("alice", email="b@example.com", password=secret),
    "ensure": lambda users, secret: users.ensure("bob", email="b@example.com", password=secret),
    "ensure, always": lambda users, secret: users.ensure("alice", password=secret, update_password="always"),
    "change": lambda users, secret: users.change_password("alice", secret),
    "change, own": lambda users, secret: users.change_password("admin", secret, "Wrong12345"),
    "apply": lambda users, secret: list(
        users.apply(
            [
                {"username": "bob", "email": "b@example.com", "password": secret},
                {"username": "alice", "password": secret},
                {"username": "", "password": secret},
            ],
            update_password="always",
            on_error="continue",
        )
    ),
    "plan": lambda users, secret: str(users.plan([{"username": "bob", "email": "b@example.com", "password": secret}])),
}

#: How the fake's writes fail.
FAULTS: dict[str, dict[str, Any]] = {
    "nothing": {"times": 0},
    "500": {"status": 500},
    "lost": {"close": "before"},
    "lost afterwards": {"close": "after"},
    "half": {"close": "during"},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", USERS)
def test_users(name: str, fault: str) -> None:
    secret, own = mark("new"), mark("own")
    results: list[Any] = []
    with hunting(Hunt({"new": secret, "own": own})) as hunt, FakeHarbor(admin_password=own, lock_seconds=0) as harbor:
        harbor.add_user("alice", email="a@example.com")
        with ApiClient(harbor.configuration(password=own)) as made:
            if FAULTS[fault] != {"times": 0}:
                for method in ("POST", "PUT"):
                    harbor.fail_next(method, **FAULTS[fault], times=20)
            users = Users(made)
            error = caught(lambda: results.append(USERS[name](users, secret)))
            if error is not None:
                hunt.error("the error", error)
            for shown in (results, *results, users, harbor.requests, list(harbor.requests), harbor):
                for text in writings(shown):
                    hunt.text("what is shown", text)
    for change in results[0] if isinstance(results[0] if results else None, list) else ():
        hunt.text("the fields of a change", change.fields)
        if change.error is not None:
            hunt.error(f"the error of row {change.row}", change.error)
    assert results or error


def test_the_fakes_own_log_of_requests() -> None:
    """It is shown by assertions that fail."""
    marks = Marks.of("plain")
    hunt = marks.hunt()
    with FakeHarbor() as harbor, client(harbor.url, marks) as made:
        for body in (None, {"password": marks.new_user}, marks.cli_secret):
            caught(made.call_api, "/users", "POST", query_params=[("token", marks.parameter), ("page", 1)], body=body)
        assert f"token={marks.parameter}" in harbor.requests[0].target
        for shown in (harbor.requests, *harbor.requests):
            for text in writings(shown):
                hunt.text("what is shown", text)
        assert "token=…&page=…" in repr(harbor.requests[0])
    hunt.assert_nothing()
