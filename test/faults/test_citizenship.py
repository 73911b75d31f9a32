"""H: the package leaves alone what is not its own, and gives back what it took."""

from __future__ import annotations

import copy
import gc
import json
import logging
import os
import pickle
import textwrap
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import harbor_client
from harbor_client import exceptions
from support.calls import CALLS
from support.clients import HANGING, fails, users
from support.faultserver import OK, FaultServer, again, failure, reply, respond
from support.scripts import run

SNAPSHOT = """
import http.client, json, logging, socket, ssl, sys, threading, warnings, gc, os, signal, locale, atexit

def snapshot():
    # Loggers that the interpreter's own modules make when they are first used are not ours.
    names = [None, "urllib3", "http.client", "requests", "asyncio", "concurrent.futures"]
    loggers = {}
    for name in names:
        logger = logging.getLogger(name)
        handlers, filters = len(logger.handlers), len(logger.filters)
        loggers[str(name)] = [logger.level, handlers, logger.propagate, logger.disabled, filters]
    return {
        "loggers": loggers,
        "disabled": logging.root.manager.disable,
        "logger class": logging.getLoggerClass().__name__,
        "warnings": [str(one) for one in warnings.filters],
        "showwarning": warnings.showwarning is warnings._showwarning_orig,
        "debuglevel": [http.client.HTTPConnection.debuglevel, http.client.HTTPSConnection.debuglevel],
        "response class": http.client.HTTPConnection.response_class.__module__,
        "max headers": [http.client._MAXHEADERS, http.client._MAXLINE],
        "timeout": socket.getdefaulttimeout(),
        "getaddrinfo": socket.getaddrinfo.__module__,
        "socket": socket.socket.__module__,
        "https": ssl._create_default_https_context.__name__,
        "threads": threading.active_count(),
        "hook": [sys.excepthook is sys.__excepthook__, threading.excepthook is threading.__excepthook__],
        "signals": [str(signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGPIPE, signal.SIGALRM)],
        "environ": dict(os.environ),
        "locale": locale.setlocale(locale.LC_ALL),
        "digits": sys.get_int_max_str_digits(),
        "recursion": sys.getrecursionlimit(),
        "stdout": sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__,
        "json": [json.JSONEncoder.default.__module__, json._default_decoder.parse_constant("NaN") != 0],
    }
"""

IMPORTING = """
before = snapshot()
import harbor_client
import harbor_client.testing, harbor_client.query, harbor_client.passwords, harbor_client.users
before["loggers"]["urllib3"][1] += 1  # its own null handler
assert snapshot() == before, (before, snapshot())
logger = logging.getLogger("harbor_client")
assert logger.level == logging.NOTSET and logger.propagate
assert all(isinstance(one, logging.NullHandler) for one in logger.handlers)
"""

USING = """
configuration = harbor_client.Configuration(sys.argv[1], "admin", "Passw0rd1", trust_env=False, retries=1)
with harbor_client.ApiClient(configuration) as client:
    api = harbor_client.UserApi(client)
    api.get_user(3)
    api.get_user(3, async_req=True).get()
    for path in ("/users/404", "/nowhere"):
        try:
            client.call_api(path, "GET", response_type="UserResp", auth_settings=["basic"])
        except harbor_client.ApiException:
            pass
after = snapshot()
after["threads"] = before["threads"]  # counted once they have ended, below
assert after == before, (before, after)
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join(30)
assert threading.active_count() == before["threads"], threading.enumerate()
"""

DEBUGGING = """
configuration = harbor_client.Configuration(sys.argv[1], "admin", "Passw0rd1", trust_env=False)
configuration.debug = True
with harbor_client.ApiClient(configuration) as client:
    harbor_client.UserApi(client).get_user(3)
assert snapshot() == before, (before, snapshot())
configuration.debug = False
with harbor_client.ApiClient(configuration) as client:
    harbor_client.UserApi(client).get_user(3)
assert snapshot() == before, (before, snapshot())
print("debugged")
"""


def test_import_changes_nothing() -> None:
    done = run(SNAPSHOT + IMPORTING)
    assert done.stdout == done.stderr == ""


def test_use_changes_nothing_and_is_silent() -> None:
    with FaultServer(
        [again(respond(lambda request: OK if request.target.endswith("/3") else reply(b"", 404)))]
    ) as server:
        done = run(SNAPSHOT + IMPORTING + USING, server.url)
    assert done.stdout == done.stderr == ""


def test_debug_speaks_with_its_own_logger_only() -> None:
    with FaultServer([again(OK)]) as server:
        done = run(SNAPSHOT + IMPORTING + DEBUGGING, server.url)
    assert done.stdout == "debugged\n"
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert "GET" in lines[0]
    assert "Passw0rd1" not in done.stderr


def test_default_socket_timeout_of_the_program_neither_counts_nor_changes() -> None:
    code = """
    import socket, sys
    import harbor_client
    socket.setdefaulttimeout(0.001)
    configuration = harbor_client.Configuration(sys.argv[1], "admin", "x", trust_env=False, retries=0)
    with harbor_client.ApiClient(configuration) as client:
        assert harbor_client.UserApi(client).get_user(3).user_id == 3
    assert socket.getdefaulttimeout() == 0.001
    """
    with FaultServer([[lambda peer: peer.pause(0.1), OK]]) as server:
        run(code, server.url)


NO_FILE_LEFT = """
import os, resource, sys
import harbor_client

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
configuration = harbor_client.Configuration(sys.argv[1], "admin", "Passw0rd1", trust_env=False, retries=0)
api = harbor_client.UserApi(harbor_client.ApiClient(configuration))
with harbor_client.ApiClient(configuration) as other:
    harbor_client.UserApi(other).get_user(3)
held = []
try:
    while True:
        held.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
try:
    api.delete_user(3)
    error = None
except harbor_client.ApiException as raised:
    error = raised
for one in held:
    os.close(one)
assert type(error) is harbor_client.ConnectionException, error
assert error.outcome == "not_sent" and error.method == "DELETE" and isinstance(error.__cause__, OSError), error
assert "Too many open files" in str(error) or "resolved" in str(error)
assert api.get_user(3).user_id == 3
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_file_descriptor_left(host: str) -> None:
    """Also the first failure of a process is an error of the package: nothing has to be loaded for it."""
    with FaultServer([OK]) as server:
        run(NO_FILE_LEFT, server.url.replace("127.0.0.1", host))
        assert [request.method for request in server.requests] == ["GET", "GET"]


NO_THREAD = {
    "no memory for one": """
        import resource, threading
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        threading.stack_size(1 << 30)
        assert call() == 3
    """,
    "Python is ending": """
        import atexit
        atexit.register(call)
    """,
}


@pytest.mark.parametrize("code", NO_THREAD.values(), ids=NO_THREAD.keys())
def test_name_is_looked_up_where_no_thread_can_be_started(code: str) -> None:
    calling = """
    import sys
    import harbor_client
    configuration = harbor_client.Configuration(sys.argv[1], "admin", "x", trust_env=False, retries=0)

    def call():
        user_id = harbor_client.UserApi(harbor_client.ApiClient(configuration)).get_user(3).user_id
        print(user_id)
        return user_id
    """
    with FaultServer([OK]) as server:
        done = run(textwrap.dedent(calling) + textwrap.dedent(code), server.url.replace("127.0.0.1", "localhost"))
    assert done.stdout == "3\n", done.stderr


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer([again(OK)]) as running:
        yield running


DROPPED = """
import gc, logging, os, sys, threading
import harbor_client

url, how = sys.argv[1:]

def client():
    configuration = harbor_client.Configuration(url, "admin", "Passw0rd1", trust_env=False, retries=0)
    return harbor_client.ApiClient(configuration)

def once():
    if how == "with":
        with client() as one:
            harbor_client.UserApi(one).get_user(3)
    elif how == "close":
        one = client()
        harbor_client.UserApi(one).get_user(3)
        one.close()
    elif how == "dropped":
        harbor_client.UserApi(client()).get_user(3)
    elif how == "never used":
        client()
    elif how == "cycle":
        one = client()
        one.myself = one
        harbor_client.UserApi(one).get_user(3)
        one.close()
    elif how == "in the background":
        one = client()
        harbor_client.UserApi(one).get_user(3, async_req=True).get()
        one.close()
    elif how == "in the background, dropped":
        harbor_client.UserApi(client()).get_user(3, async_req=True).get()

def state():
    gc.collect()
    for _ in range(200):
        if threading.active_count() == 1:
            break
        gc.collect()
        threading.Event().wait(0.02)
    handlers = sum(len(logging.getLogger(name).handlers) for name in ("", "harbor_client", "urllib3"))
    return threading.active_count(), len(os.listdir("/proc/self/fd")), handlers

once()
before = state()
for _ in range(1000 if "background" not in how else 60):
    once()
after = state()
assert after == before, (before, after)
"""


@pytest.mark.parametrize(
    "how", ["with", "close", "dropped", "never used", "cycle", "in the background", "in the background, dropped"]
)
def test_1000_clients_made_and_dropped(how: str, server: FaultServer) -> None:
    done = run(DROPPED, server.url, how, options=("-W", "error", "-X", "dev"))
    assert done.stdout == done.stderr == ""


def test_failures_leave_nothing_behind() -> None:
    code = """
    import gc, os, sys, threading
    import harbor_client
    configuration = harbor_client.Configuration(sys.argv[1], "admin", "Passw0rd1", trust_env=False, retries=0)
    with harbor_client.ApiClient(configuration) as client:
        api = harbor_client.UserApi(client)

        def fail():
            try:
                api.get_user(3)
            except harbor_client.ApiException:
                pass

        fail()
        before = len(os.listdir("/proc/self/fd")), threading.active_count()
        gc.disable()
        for _ in range(200):
            fail()
        assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before
    """
    with FaultServer([[OK[:-5]]]) as server:
        done = run(code, server.url, options=("-W", "error", "-X", "dev"))
    assert done.stderr == ""


def test_close_closes_the_connections_whatever_still_refers_to_it(server: FaultServer) -> None:
    configuration = harbor_client.Configuration(server.url, "admin", "x", trust_env=False)
    client = harbor_client.ApiClient(configuration)
    api = harbor_client.UserApi(client)
    client.cycle = [client, api]  # type: ignore[attr-defined]
    api.get_user(3)
    assert descriptors() > 0
    client.close()
    server.settle(timeout=HANGING)
    assert server.wait_closed(0)


def test_a_closed_client_says_so(server: FaultServer) -> None:
    with users(server) as api:
        api.get_user(3)
        api.api_client.close()
        api.api_client.close()
        with pytest.raises(ValueError, match="the client is closed: make a new ApiClient"):
            api.get_user(3)
        with pytest.raises(ValueError, match="the client is closed: make a new ApiClient"):
            api.get_user(3, async_req=True)
    assert len(server.requests) == 1


def test_client_is_collected_without_the_garbage_collector(server: FaultServer) -> None:
    """Nothing in a used client refers to itself: what is dropped is gone at once."""
    gc.collect()
    gc.disable()
    try:
        client = harbor_client.ApiClient(harbor_client.Configuration(server.url, "admin", "x", trust_env=False))
        harbor_client.UserApi(client).get_user(3)
        gone = weakref.ref(client)
        del client
        assert gone() is None
    finally:
        gc.enable()


def test_errors_do_not_keep_the_client_alive() -> None:
    with FaultServer([again(reply(failure("NOT_FOUND", "x"), 404))]) as server:
        client = harbor_client.ApiClient(harbor_client.Configuration(server.url, "admin", "x", trust_env=False))
        with pytest.raises(exceptions.NotFoundException) as caught:
            harbor_client.UserApi(client).get_user(3)
        error = caught.value.with_traceback(None)
        gone = weakref.ref(client)
        del client, caught
        gc.collect()
        assert gone() is None
        assert error.status == 404


# --------------------------------------------------------------------------------------------------- copies, pickles


def copies(value: Any) -> list[Any]:
    return [
        copy.copy(value),
        copy.deepcopy(value),
        *(pickle.loads(pickle.dumps(value, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)),
    ]


def test_configuration_is_copied_and_pickled(tmp_path: Path) -> None:
    configuration = harbor_client.Configuration(
        "https://harbor.example.com/api/v2.0", "admin", "secret", timeout=5, retries=1, verify_ssl=False
    )
    configuration.extra = "attribute"  # type: ignore[attr-defined]
    for twin in copies(configuration):
        assert type(twin) is harbor_client.Configuration
        for name in ("host", "username", "password", "timeout", "retries", "verify_ssl", "extra"):
            assert getattr(twin, name) == getattr(configuration, name)
        twin.password = "other"
        twin.api_key["x"] = "y" if twin.api_key is not configuration.api_key else "z"
        assert configuration.password == "secret"


def test_configuration_with_debug_and_file_is_copied(tmp_path: Path) -> None:
    configuration = harbor_client.Configuration(debug=True, logger_file=str(tmp_path / "log"))
    try:
        for twin in copies(configuration):
            assert twin.debug is True
    finally:
        configuration.debug = False
        configuration.logger_file = None


def test_no_handler_of_debug_is_left() -> None:
    logger = logging.getLogger("harbor_client")
    before = list(logger.handlers)
    harbor_client.Configuration(debug=True)  # and dropped
    other = harbor_client.Configuration(debug=True)
    other.debug = False
    assert logger.handlers == before


@pytest.mark.parametrize("call", [call for call in CALLS if call.write and call.arguments()], ids=str)
def test_models_are_copied_and_pickled(call: Any) -> None:
    for argument in call.arguments():
        for twin in copies(argument):
            assert twin == argument
            assert type(twin) is type(argument)


def test_responses_are_copied_and_pickled(server: FaultServer) -> None:
    with users(server) as api:
        value = api.get_user(3)
    for twin in copies(value):
        assert twin == value
        assert twin.to_dict() == value.to_dict()


@pytest.mark.parametrize(
    "response",
    [
        reply(failure("NOT_FOUND", "user 3 not found"), 404),
        reply(b"<html>", kind="text/html"),
        reply(b"", 302, "Location: http://x/"),
        b"garbage\r\n\r\n",
        OK[:-5],
        b"",
    ],
    ids=["404", "HTML", "302", "garbage", "cut", "closed"],
)
def test_errors_are_copied_and_pickled(response: bytes) -> None:
    error = fails([response]).error
    for twin in copies(error):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        for name in ("status", "reason", "body", "code", "message", "request_id", "method", "url", "outcome", "hint"):
            assert getattr(twin, name) == getattr(error, name), name
        if error.headers is not None:
            assert dict(twin.headers) == dict(error.headers)


def test_a_copied_or_pickled_client_is_a_fresh_one_with_the_same_settings(server: FaultServer) -> None:
    with users(server) as api:
        api.api_client.set_default_header("X-Team", "blue")
        api.get_user(3)
        api.get_user(3, async_req=True).get(HANGING)
        connections = server.connections
        for twin in copies(api.api_client):
            with twin:
                assert twin.last_response is None
                assert harbor_client.UserApi(twin).get_user(3).user_id == 3
                twin.set_default_header("X-Team", "red")
            connections += 1
            assert server.connections == connections
            assert server.requests[-1].headers["x-team"] == "blue"
        assert api.api_client.default_headers["X-Team"] == "blue"
        for twin in copies(harbor_client.Users(api)):
            assert twin.get(3).user_id == 3


def test_every_exception_can_be_pickled() -> None:
    for name in dir(exceptions):
        kind = getattr(exceptions, name)
        if isinstance(kind, type) and issubclass(kind, exceptions.ApiException):
            error = kind(status=418, reason="teapot")
            error.outcome = "answered"
            for twin in copies(error):
                assert (type(twin), twin.status, twin.reason, twin.outcome) == (kind, 418, "teapot", "answered")


def test_import_is_silent_with_every_check_on() -> None:
    done = run("import harbor_client, harbor_client.users", options=("-X", "dev", "-W", "error", "-bb"))
    assert done.stdout == done.stderr == ""


def test_threads_end_with_the_background_calls(server: FaultServer) -> None:
    before = threading.active_count()
    with users(server, connection_pool_maxsize=4) as api:
        for one in [api.get_user(3, async_req=True) for _ in range(20)]:
            one.get(HANGING)
    for thread in threading.enumerate():
        if thread.name.startswith(("Thread-", "harbor")) and thread is not threading.current_thread():
            thread.join(HANGING)
    # The server's threads of this test are still there, one for each connection that is ending.
    assert threading.active_count() <= before + server.connections + 1


def test_json_of_the_program_is_left_alone(server: FaultServer) -> None:
    with users(server) as api:
        api.get_user(3)
    assert json.loads("NaN") != json.loads("NaN")
