"""The package under whatever way of starting, and of ending, Python its users choose."""

import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from harbor_client.testing import FakeHarbor
from support.building import run
from support.faultserver import FaultServer
from support.life import LIFE, SINGLE


@pytest.fixture(scope="module")
def harbor() -> Iterator[dict[str, str]]:
    """A Harbor outside of the process under test, as environment variables."""
    with FakeHarbor() as fake:
        yield {"HARBOR_URL": fake.url, "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": "Harbor12345"}


def python(*arguments: str, env: Mapping[str, str]) -> str:
    return run(sys.executable, *arguments, env=env, timeout=90)


@pytest.mark.parametrize(
    "options",
    [
        ("-O",),
        ("-OO", "-W", "error"),
        ("-W", "error"),
        ("-X", "dev", "-W", "error"),
        ("-b", "-b", "-W", "error"),
        ("-X", "utf8=0", "-X", "warn_default_encoding", "-W", "error"),
    ],
    ids=" ".join,
)
def test_works_without_a_warning_under(options: tuple[str, ...], harbor: dict[str, str]) -> None:
    assert python(*options, "-c", LIFE, env=harbor) == "fine\n"


@pytest.mark.parametrize("seed", ["1", "4294967295"])
def test_works_with_hash_seed(seed: str, harbor: dict[str, str]) -> None:
    assert python("-c", LIFE, env={**harbor, "PYTHONHASHSEED": seed}) == "fine\n"


def test_works_in_an_ascii_locale(harbor: dict[str, str]) -> None:
    ascii_only = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert python("-W", "error", "-c", LIFE, env={**harbor, **ascii_only}) == "fine\n"


def test_ends_while_the_resolver_hangs(harbor: dict[str, str]) -> None:
    script = """
import socket, threading
import harbor_client
socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
api = harbor_client.UserApi(harbor_client.ApiClient(harbor_client.Configuration("http://harbor.example", timeout=0.2)))
try:
    api.get_user(3)
except harbor_client.TimeoutException:
    print("fine")
"""
    assert python("-c", script, env=harbor) == "fine\n"


def test_works_from_a_thread_that_outlives_the_main_one(harbor: dict[str, str]) -> None:
    script = f"""
import threading
def life():
    threading.main_thread().join()
    exec({SINGLE!r}, {{}})
threading.Thread(target=life).start()
"""
    assert python("-X", "dev", "-W", "error", "-c", script, env=harbor) == "fine\n"


def test_works_while_the_interpreter_exits(harbor: dict[str, str]) -> None:
    script = f"import atexit\natexit.register(exec, {SINGLE!r}, {{}})\n"
    assert python("-X", "dev", "-W", "error", "-c", script, env=harbor) == "fine\n"


@pytest.mark.parametrize("begin", ["atexit.register(call)", "threading.Thread(target=late).start()"])
def test_a_call_in_the_background_at_exit_ends(begin: str, harbor: dict[str, str]) -> None:
    """It gives its result, or the error of an interpreter that starts no threads any more; the process ends."""
    script = f"""
import atexit, threading
import harbor_client
api = harbor_client.UserApi(harbor_client.ApiClient(harbor_client.Configuration.from_env()))
def call():
    try:
        print(api.get_current_user_info(async_req=True).get(60).username)
    except RuntimeError as error:
        print("shutdown" in str(error) and "admin")
def late():
    threading.main_thread().join()
    call()
{begin}
"""
    assert python("-X", "dev", "-W", "error", "-c", script, env=harbor) == "admin\n"


def test_importing_and_making_a_client_changes_nothing_for_others() -> None:
    script = """
import http.client, logging, signal, socket, threading, warnings
import urllib3  # has a filter of its own for its security warnings

def globals_of_others():
    return [
        logging.root.level, list(logging.root.handlers), list(warnings.filters), http.client.HTTPConnection.debuglevel,
        socket.getdefaulttimeout(), threading.enumerate(), signal.getsignal(signal.SIGINT),
    ]

before = globals_of_others()
import harbor_client
harbor_client.UserApi(harbor_client.ApiClient(harbor_client.Configuration(host="http://127.0.0.1:1/api/v2.0")))
print(before == globals_of_others())
"""
    assert python("-X", "dev", "-c", script, env={}) == "True\n"


def test_a_client_that_is_first_used_under_a_recorder_is_strict_afterwards(harbor: dict[str, str]) -> None:
    """The transport is loaded at the first call, when a recorder has its own connections in the place of urllib3's."""
    script = """
import os, sys
from unittest import mock
from urllib3 import connection, connectionpool
import harbor_client

class Recording(connection.HTTPConnection):
    pass

def call(url):
    configuration = harbor_client.Configuration.from_env()
    configuration.host, configuration.retries = url, 0
    with harbor_client.ApiClient(configuration) as client:
        return harbor_client.UserApi(client).get_current_user_info()

with (
    mock.patch.object(connection, "HTTPConnection", Recording),
    mock.patch.object(connectionpool.HTTPConnectionPool, "ConnectionCls", Recording),
):
    print(call(os.environ["HARBOR_URL"]).username)
try:
    call(sys.argv[1])
except harbor_client.ApiException as error:
    print(error)
"""
    with FaultServer([b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\n{}"]) as server:
        done = python("-W", "error", "-c", script, server.url, env=harbor)
    assert done.startswith("admin\n")
    assert "header" in done


def test_a_process_ends_while_a_call_is_under_way() -> None:
    """Nothing waits for an `async_req` call that is never answered."""
    script = """
import socket
import harbor_client
silent = socket.create_server(("127.0.0.1", 0))
host = f"http://127.0.0.1:{silent.getsockname()[1]}/api/v2.0"
configuration = harbor_client.Configuration(host=host, timeout=3600, trust_env=False)
harbor_client.UserApi(harbor_client.ApiClient(configuration)).get_current_user_info(async_req=True)
silent.accept()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
