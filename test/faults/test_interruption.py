"""B: interruptions, forks and threads never make one caller get another's response."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import textwrap
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import harbor_client
from support import tls
from support.clients import ask, ask_with_settings, users
from support.faultserver import FaultServer, Peer, Request, again, each, reply, respond, user
from support.scripts import run


def own(request: Request) -> bytes:
    """The right response to whoever asks for a user by id."""
    return reply(user(int(request.target.rpartition("/")[2])))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer([again(respond(own))]) as running:
        yield running


class Interrupted(BaseException):
    """What a signal's handler raises in these tests."""


INTERRUPTED = """
import random, signal, sys, threading
import harbor_client

class Interrupted(BaseException):
    pass

def interrupt(number, frame):
    raise Interrupted

url, goal, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
configuration = harbor_client.Configuration(url, "admin", "Passw0rd1", retries=2, timeout=60, trust_env=False)
client = harbor_client.ApiClient(configuration)
api = harbor_client.UserApi(client)
api.get_user(1)
signal.signal(signal.SIGALRM, interrupt)
hits = wrong = right = number = 0
longest = 0.001_5  # goes with the load of the machine, so that about every second call is interrupted
while hits < goal:
    number += 1
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.000_05, longest))
            got = api.get_user(number).user_id
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except Interrupted:
        hits += 1
        longest *= 1.02
        continue
    right += 1
    longest = max(longest / 1.02, 0.000_1)
    if got != number:
        wrong += 1
for number in range(number + 1, number + 50):
    if api.get_user(number).user_id != number:
        wrong += 1
client.close()
print(hits, right, wrong, threading.active_count())
"""


def printed(code: str, *arguments: object) -> str:
    """What Python code prints in a process of its own; it may not complain."""
    # Between the making of a socket and the line that keeps it, an exception leaves it to its destructor.
    done = run(code, *arguments, options=("-W", "ignore::ResourceWarning"))
    assert not done.stderr, done.stderr
    return done.stdout


def test_signals_at_random_moments(server: FaultServer) -> None:
    """1,000 times an exception out of nowhere; no call ever gets the response of another."""
    hits, right, wrong, _ = map(int, printed(INTERRUPTED, server.url, 1000, random.randrange(10**6)).split())
    assert hits >= 1000
    assert right > 0
    assert wrong == 0


def test_keyboard_interrupt_while_waiting() -> None:
    """The response comes after the interruption: it is nobody's."""
    asked, late = threading.Event(), threading.Event()

    def slowly(peer: Peer) -> None:
        request = peer.read_request()
        asked.set()
        late.wait(20)
        peer.send(own(request))

    def interrupt() -> None:
        asked.wait(20)
        os.kill(os.getpid(), signal.SIGUSR1)

    def handler(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with FaultServer([[slowly, again(respond(own))], again(respond(own))]) as server, users(server) as api:
            thread = threading.Thread(target=interrupt)
            thread.start()
            with pytest.raises(KeyboardInterrupt):
                api.get_user(1)
            thread.join()
            late.set()
            assert [api.get_user(number).user_id for number in (2, 3, 4)] == [2, 3, 4]
            assert server.connections == 2
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_signal_whose_handler_returns_does_not_disturb() -> None:
    """A handler that raises nothing (a progress report, SIGCHLD) neither ends a call nor shortens its response."""
    signals = 0

    def handler(number: int, frame: object) -> None:
        nonlocal signals
        signals += 1

    def slowly(peer: Peer) -> None:
        response = own(peer.read_request())
        for at in range(0, len(response), 20):
            os.kill(os.getpid(), signal.SIGUSR1)
            peer.send(response[at : at + 20])
            peer.pause(0.002)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with FaultServer([again(slowly)]) as server, users(server) as api:
            assert [api.get_user(number).user_id for number in (2, 3, 4)] == [2, 3, 4]
            assert server.connections == 1
            assert signals
    finally:
        signal.signal(signal.SIGUSR1, before)


# ------------------------------------------------------------------------------------------------------------ forks

FORKED = """
import os, sys
import harbor_client

url = sys.argv[1]
configuration = harbor_client.Configuration(url, "admin", "Passw0rd1", retries=0, timeout=60, trust_env=False)
api = harbor_client.UserApi(harbor_client.ApiClient(configuration))

def ask(numbers):
    return sum(api.get_user(number).user_id != number for number in numbers)

wrong = ask(range(1, 4))
children = []
for child in range(4):
    pid = os.fork()
    if not pid:
        os._exit(min(ask(range(1000 * (child + 1), 1000 * (child + 1) + 50)), 100))
    children.append(pid)
wrong += ask(range(100, 200))
for pid in children:
    wrong += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
wrong += ask(range(200, 220))
print(wrong)
"""


def test_os_fork_with_warm_connections(server: FaultServer) -> None:
    assert int(printed(FORKED, server.url)) == 0
    ports = [{int(one.target.rpartition("/")[2]) // 1000 for one in server.whole if one.connection == number}
             for number in range(server.connections)]  # fmt: skip
    # No connection carried requests of two processes.
    assert all(len(processes) == 1 for processes in ports if processes)


FORKED_WHILE_BUSY = """
import os, sys, threading
import harbor_client

url = sys.argv[1]
configuration = harbor_client.Configuration(url, "admin", "Passw0rd1", retries=0, timeout=60, trust_env=False)
client = harbor_client.ApiClient(configuration)
api = harbor_client.UserApi(client)
# Threads that fork while others import for the first time are lost in Python itself: here, all is imported.
assert [one.get(30).user_id for one in [api.get_user(7, async_req=True)]] == [7]
stop = threading.Event()
wrong = []

def work(start):
    number = start
    while not stop.is_set():
        number += 1
        if api.get_user(number).user_id != number:
            wrong.append(number)

threads = [threading.Thread(target=work, args=(10_000 * (index + 1),)) for index in range(4)]
for thread in threads:
    thread.start()
codes = 0
for child in range(10):
    pid = os.fork()
    if not pid:
        bad = sum(api.get_user(number).user_id != number for number in range(1, 6))
        bad += sum(one.get(30).user_id != 7 for one in [api.get_user(7, async_req=True) for _ in range(3)])
        client.close()
        os._exit(bad)
    codes += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
stop.set()
for thread in threads:
    thread.join()
client.close()
print(len(wrong), codes)
"""


def test_os_fork_while_threads_are_calling(server: FaultServer) -> None:
    """Whatever lock another thread held at that moment, the child can call, also in the background."""
    code = "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n" + textwrap.dedent(FORKED_WHILE_BUSY)
    assert printed(code, server.url).split() == ["0", "0"]


FORKED_WHILE_MAKING = """
import os, signal, sys, threading, warnings
import harbor_client

warnings.simplefilter("ignore", DeprecationWarning)
url, what, *files = sys.argv[1:]
parent = os.getpid()
inside, over = threading.Event(), threading.Event()

def wait_in_thread():
    if os.getpid() == parent and threading.current_thread() is not threading.main_thread():
        inside.set()
        over.wait(60)

class Waiting(harbor_client.Configuration):
    @property
    def connection_pool_maxsize(self):  # read while the threads of async_req are made
        wait_in_thread()
        return 4

def password():  # asked for while the TLS context is made
    wait_in_thread()
    return "key-password"

settings = {"timeout": 60, "trust_env": False}
if what == "threads":
    client = harbor_client.ApiClient(Waiting(url, "admin", "Passw0rd1", **settings))
    options = {"async_req": True}
else:
    settings.update(zip(("ssl_ca_cert", "cert_file", "key_file"), files))
    client = harbor_client.ApiClient(harbor_client.Configuration(url, "admin", "Passw0rd1", **settings))
    client.rest_client.pool_manager.connection_pool_kw["key_password"] = password
    options = {}
api = harbor_client.UserApi(client)

def ask():
    response = api.get_user(3, **options)
    return (response.get(60) if options else response).user_id

thread = threading.Thread(target=ask)
thread.start()
inside.wait(60)
pid = os.fork()
if not pid:
    signal.alarm(60)
    right = ask() == 3
    client.close()
    os._exit(0 if right else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
over.set()
thread.join()
"""


@pytest.mark.parametrize("what", ["threads", "context"])
def test_os_fork_while_a_thread_makes_what_is_made_once(what: str, tmp_path: Path, server: FaultServer) -> None:
    """The lock that it holds stays locked in the child, where the thread does not exist."""
    files = [tls.ca_file(tmp_path), *tls.client_files(tmp_path, password="key-password")]
    with FaultServer([again(respond(own))], tls=tls.good_context()) as secured:
        code = textwrap.dedent(FORKED_WHILE_MAKING)
        assert printed(code, (server if what == "threads" else secured).url, what, *files).strip() == "0"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(method: str, server: FaultServer) -> None:
    """By fork the client is inherited; by spawn its settings are sent (a client is made of them there)."""
    context: Any = multiprocessing.get_context(method)
    with users(server) as api, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads about: the server's
        assert api.get_user(1).user_id == 1
        results = context.Queue()
        if method == "fork":
            workers = [
                context.Process(target=ask, args=(api, list(range(start, start + 20)), results))
                for start in (100, 200, 300)
            ]
        else:
            workers = [
                context.Process(target=ask_with_settings, args=(api.api_client.configuration, [100, 101], results))
            ]
        for worker in workers:
            worker.start()
        assert [api.get_user(number).user_id for number in range(2, 40)] == list(range(2, 40))
        got = sorted(results.get(timeout=60) for _ in workers)
        for worker in workers:
            worker.join(60)
            assert worker.exitcode == 0
    expected = [list(range(start, start + 20)) for start in (100, 200, 300)] if method == "fork" else [[100, 101]]
    assert got == expected


# ---------------------------------------------------------------------------------------------------------- threads


def test_64_threads_on_one_client(server: FaultServer, caplog: pytest.LogCaptureFixture) -> None:
    """Each gets its own responses, and no connection is made only to be thrown away."""
    wrong: list[tuple[int, int]] = []
    start = threading.Barrier(64)

    with users(server, connection_pool_maxsize=8) as api:

        def work(index: int) -> None:
            start.wait(60)
            for number in range(index * 1000, index * 1000 + 15):
                got = api.get_user(number).user_id
                if got != number:
                    wrong.append((number, got))

        threads = [threading.Thread(target=work, args=(index,)) for index in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
            assert not thread.is_alive()
    assert wrong == []
    assert len(server.whole) == 64 * 15
    assert server.connections <= 64
    assert "pool" not in caplog.text


def test_threads_and_failures(server: FaultServer) -> None:
    """A server that breaks every fifth connection: the others' responses stay their own."""

    def steps(number: int) -> Any:
        if number % 5 == 4:
            return [respond(lambda request: own(request)[:-10])]
        return [respond(own)] * (1 + number % 3)

    results: list[str] = []
    with FaultServer([each(steps)]) as flaky, users(flaky) as api:

        def work(index: int) -> None:
            for number in range(index * 100, index * 100 + 20):
                try:
                    got = api.get_user(number).user_id
                except harbor_client.ApiException as error:
                    results.append(error.outcome)
                else:
                    results.append("right" if got == number else f"{got} for {number}")

        threads = [threading.Thread(target=work, args=(index,)) for index in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert len(results) == 16 * 20
    assert set(results) <= {"right", "unknown", "not_sent"}
    assert results.count("right") > 100


def test_async_calls_get_their_own_responses(server: FaultServer) -> None:
    with users(server) as api:
        pending = {number: api.get_user(number, async_req=True) for number in range(100, 200)}
        assert {number: one.get(60).user_id for number, one in pending.items()} == {n: n for n in range(100, 200)}


def test_close_while_others_call(server: FaultServer) -> None:
    """A client closed in the middle of things breaks no call that is under way, and refuses those after it."""
    problems: list[BaseException] = []
    for _ in range(10):
        called = threading.Barrier(5)
        with users(server) as api:

            def work(index: int, api: Any = api, called: threading.Barrier = called) -> None:
                number = index * 10_000
                try:
                    assert api.get_user(number).user_id == number
                    called.wait(60)
                    while True:
                        number += 1
                        assert api.get_user(number).user_id == number
                except ValueError as error:
                    assert "closed" in str(error)
                except BaseException as error:
                    problems.append(error)

            threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
            for thread in threads:
                thread.start()
            called.wait(60)
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
    assert problems == []
