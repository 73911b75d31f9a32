"""Event hooks and log records: each exchange is told, with stable names and without a secret."""

from __future__ import annotations

import copy
import logging
from typing import Any

import pytest

from harbor_client import Configuration
from harbor_client.exceptions import ConnectionException, NotFoundException
from support.calls import BY_NAME
from support.clients import PASSWORD, users
from support.faultserver import OK, FaultServer, failure, read_request, reply

CREATE = BY_NAME["create_user"]
BUSY = reply(b"", 503, "Retry-After: 0")
FIELDS = ("operation", "method", "url", "request_id", "attempt", "status", "seconds", "outcome", "error")


class Seen:
    """Hooks that remember what they were called with, as it was then."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.hooks: dict[str, Any] = {event: [self._keep(event)] for event in ("request", "response", "error")}

    def _keep(self, kind: str) -> Any:
        def keep(event: Any) -> None:
            self.events.append((kind, {name: getattr(event, name) for name in FIELDS}))

        return keep


def test_hooks_are_called_for_each_exchange() -> None:
    seen = Seen()
    with FaultServer([[BUSY, OK]]) as server, users(server, retries=1, event_hooks=seen.hooks) as api:
        api.get_user(3, x_request_id="r-1")
    kinds = [kind for kind, _ in seen.events]
    assert kinds == ["request", "response", "request", "response"]
    (_, begun), (_, busy), (_, again), (_, ended) = seen.events
    assert begun == {
        "operation": "get_user",
        "method": "GET",
        "url": f"{server.url}/users/3",
        "request_id": "r-1",
        "attempt": 1,
        **dict.fromkeys(("status", "seconds", "outcome", "error")),
    }
    assert (busy["status"], busy["outcome"], busy["attempt"]) == (503, "answered", 1)
    assert (again["attempt"], again["status"]) == (2, None)
    assert (ended["status"], ended["attempt"], ended["error"]) == (200, 2, None)
    assert ended["seconds"] >= 0


def test_an_error_hook_is_told_what_happened() -> None:
    seen = Seen()
    with FaultServer([read_request]) as server, users(server, event_hooks=seen.hooks) as api:
        with pytest.raises(ConnectionException):
            CREATE.make(api)
    kind, event = seen.events[-1]
    assert kind == "error"
    assert (event["operation"], event["status"], event["outcome"]) == ("create_user", None, "unknown")
    assert "closed the connection" in event["error"]


def test_a_request_hook_may_add_header_fields() -> None:
    def add(event: Any) -> None:
        event.headers["traceparent"] = "00-1-2-01"
        event.headers["ACCEPT"] = "application/json; q=1"

    with FaultServer([OK]) as server, users(server, event_hooks={"request": [add]}) as api:
        api.get_user(3)
    assert server.requests[0].headers["traceparent"] == "00-1-2-01"
    assert server.requests[0].headers["accept"] == "application/json; q=1"


@pytest.mark.parametrize(("kind", "sent"), [("request", 0), ("response", 1)])
def test_what_a_hook_raises_reaches_the_caller(kind: str, sent: int) -> None:
    class Stop(Exception):
        pass

    def stop(event: Any) -> None:
        raise Stop(event.operation)

    with FaultServer([OK]) as server, users(server, event_hooks={kind: [stop]}) as api:
        with pytest.raises(Stop, match="get_user"):
            api.get_user(3)
    assert len(server.requests) == sent


def test_hooks_that_are_set_one_by_one_are_checked() -> None:
    hooks = copy.deepcopy(Configuration()).event_hooks
    hooks["response"] = (print,)
    assert hooks == {"request": [], "response": [print], "error": []}
    with pytest.raises(ValueError, match="not 'responses'"):
        hooks["responses"] = [print]
    with pytest.raises(TypeError, match="request: has to be a list of functions"):
        hooks["request"] = print  # type: ignore[assignment]


def test_events_hold_no_secret() -> None:
    seen = Seen()
    shown: list[str] = []
    seen.hooks["response"].append(lambda event: shown.append(repr(event)))
    with FaultServer([reply({"user_id": 3})]) as server, users(server, event_hooks=seen.hooks) as api:
        api.api_client.call_api(
            "/users/3", "GET", query_params=[("password", PASSWORD)], response_type="object", auth_settings=["basic"]
        )
    assert PASSWORD not in repr(seen.events)
    assert PASSWORD not in repr(shown)
    assert "Event(operation='get_user'" in shown[0]


def test_other_paths_have_no_operation() -> None:
    seen = Seen()
    with FaultServer([reply(b"Pong")]) as server, users(server, event_hooks=seen.hooks) as api:
        api.api_client.call_api("/ping", "GET", response_type="str")
    assert [event["operation"] for _, event in seen.events] == [None, None]


def test_log_records_have_fields(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "harbor_client")
    missing = reply(failure("NOT_FOUND", "user 3 not found"), 404, "X-Request-Id: theirs")
    with FaultServer([missing]) as server, users(server) as api, pytest.raises(NotFoundException):
        api.get_user(3)
    (record,) = caplog.records
    fields = {name: getattr(record, f"harbor_{name}") for name in FIELDS}
    assert fields.pop("seconds") >= 0
    assert fields == {
        "operation": "get_user",
        "method": "GET",
        "url": f"{server.url}/users/3",
        "request_id": "theirs",
        "attempt": 1,
        "status": 404,
        "outcome": "answered",
        "error": None,
    }
    assert "id theirs" in record.getMessage()


def test_writes_alone_are_logged_at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "harbor_client")
    with FaultServer([[OK, CREATE.response]]) as server, users(server, log_writes=True) as api:
        api.get_user(3)
        CREATE.make(api)
    (record,) = caplog.records
    assert (record.levelname, getattr(record, "harbor_operation", "")) == ("INFO", "create_user")
    assert "POST" in record.getMessage()
