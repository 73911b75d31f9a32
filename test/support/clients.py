"""Clients for the tests, and the one line that plays a fault case and checks what every failure owes its caller."""

import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import harbor_client
from harbor_client import ApiException
from harbor_client.exceptions import ConnectionException
from support.calls import BY_NAME, Call
from support.faultserver import FaultServer, Steps
from support.recorder import Hunt, mark

USER = "admin"
PASSWORD = mark("password")
GET = BY_NAME["get_user"]

HANGING = 30.0
"""Seconds after which a call counts as hanging; far above every deadline in the tests, for loaded machines."""

SHORT = 0.25
"""A deadline, in seconds, for calls that are to run into it."""


@contextmanager
def users(server: FaultServer | str, **settings: Any) -> Iterator[harbor_client.UserApi]:
    """A client of that server, without retries and without the environment unless the settings say so."""
    url = server if isinstance(server, str) else server.url
    chosen: dict[str, Any] = {"retries": 0, "timeout": HANGING, "trust_env": False, **settings}
    configuration = harbor_client.Configuration(
        url, chosen.pop("username", USER), chosen.pop("password", PASSWORD), **chosen
    )
    with harbor_client.ApiClient(configuration) as client:
        yield harbor_client.UserApi(client)


@dataclass
class Failed:
    """A call that failed, and what the server saw of it."""

    error: Any
    server: FaultServer
    seconds: float

    @property
    def unknown(self) -> bool:
        """Whether the outcome is unknown, as it has to be once a byte has left (on a loaded machine, none may have)."""
        outcome: str = self.error.outcome
        return outcome == "unknown" or (outcome == "not_sent" and not self.server.everything())

    @property
    def seen(self) -> int:
        """How many requests arrived, whole or not."""
        return len(self.server.requests)


def check(error: ApiException, server: FaultServer | None = None) -> None:
    """What holds for every failure of a call."""
    assert isinstance(error, ApiException)
    assert error.outcome in ("not_sent", "unknown", "answered")
    assert error.method in ("GET", "POST", "PUT", "DELETE")
    assert error.url
    assert "@" not in error.url.split("?")[0]
    if isinstance(error, ConnectionException):
        # A proxy that asks for a login has answered a plain request, but not one that was to go through a tunnel.
        assert error.status == 0 or error.status == 407
        assert error.outcome != "answered" or error.status == 407
        assert error.reason
        assert error.__cause__ is not None or error.outcome == "answered"
    else:
        assert error.status
        assert error.outcome == "answered" or (error.status >= 500 and error.method != "GET")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.status, again.reason, again.body, again.outcome, again.hint, str(again)) == (
        type(error),
        error.status,
        error.reason,
        error.body,
        error.outcome,
        error.hint,
        str(error),
    )
    hunt = Hunt({"password": PASSWORD})
    hunt.error("the error", error)
    hunt.assert_nothing()
    if server is not None:
        if error.outcome == "not_sent":
            assert not server.whole, "the request arrived, and the error says that it never left"
        if error.outcome == "answered":
            assert server.requests, "no request arrived, and the error says that it was answered"
        if error.method != "GET":
            assert len(server.whole) <= 1, "a write arrived twice"


def fails(
    script: FaultServer | Sequence[Steps] | Steps,
    kind: type[ApiException] = ApiException,
    call: Call = GET,
    exact: bool = True,
    options: dict[str, Any] | None = None,
    **settings: Any,
) -> Failed:
    """Play a case: make one call to a server with this script, which has to fail with this class of error.

    Args:
        script: the fault server's, or the server itself.
        kind: the error's class; with ``exact`` no subclass of it.
        call: which operation.
        exact: see ``kind``.
        options: options of the call (``_request_timeout`` …).
        settings: the client's.
    """
    server = script if isinstance(script, FaultServer) else FaultServer(script)
    with server:
        started = time.monotonic()
        error: BaseException | None = None
        with users(server, **settings) as api:
            try:
                value = call.make(api, **(options or {}))
            except ApiException as caught:
                error = caught
            else:
                raise AssertionError(f"no error, but {value!r:.300}")
        seconds = time.monotonic() - started
        server.settle()
    assert isinstance(error, kind), f"{type(error).__name__} is no {kind.__name__}: {error}"
    assert not exact or type(error) is kind or kind is ApiException, f"{type(error).__name__}, not {kind.__name__}"
    assert seconds < HANGING
    check(error, server)
    return Failed(error, server, seconds)


def succeeds(
    script: FaultServer | Sequence[Steps] | Steps, call: Call = GET, calls: int = 1, **settings: Any
) -> tuple[list[Any], FaultServer]:
    """Play a case that has to work: the values of some calls in a row on one client, and the server."""
    server = script if isinstance(script, FaultServer) else FaultServer(script)
    with server:
        with users(server, **settings) as api:
            values = [call.make(api) for _ in range(calls)]
        server.settle()
    return values, server


def caught(kind: type[ApiException], action: Callable[[], object]) -> Any:
    """The error of an action that has to fail with this class, checked."""
    try:
        value = action()
    except ApiException as error:
        assert isinstance(error, kind), f"{type(error).__name__} is no {kind.__name__}: {error}"
        check(error)
        return error
    raise AssertionError(f"no error, but {value!r:.300}")


# What other processes are told to do has to stand in a module that they can import.


def ask(api: harbor_client.UserApi, numbers: Sequence[int], results: Any) -> None:
    """Ask for users by id and put the ids that came into a queue."""
    results.put([api.get_user(number).user_id for number in numbers])


def ask_with_settings(configuration: harbor_client.Configuration, numbers: Sequence[int], results: Any) -> None:
    """The same with a client made of settings that were sent."""
    with harbor_client.ApiClient(configuration) as client:
        ask(harbor_client.UserApi(client), numbers, results)
