"""Work in threads, and what becomes of it where there are none."""

import contextvars
import multiprocessing
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import harbor_client
from harbor_client._transport.threads import Workers
from harbor_client.testing import FakeHarbor
from support.clients import users
from support.faultserver import OK, FaultServer, hold, read_request, send

ROOT = Path(harbor_client.__file__).parents[1]

#: By host name, in the background, reading ahead.
CALLS = """
import os, threading
import harbor_client
configuration = harbor_client.Configuration.from_env()
configuration.trust_env = False
with harbor_client.ApiClient(configuration) as client:
    api = harbor_client.UserApi(client)
    calls = [api.get_user(3, async_req=True), api.get_user(4711, async_req=True)]
    calls[1].wait(60)
    print(calls[0].get(60).username, calls[0].successful(), calls[1].ready(), calls[1].successful())
    print(len(list(harbor_client.Users(api).iterate(concurrency=3))))
    print(threading.active_count(), flush=True)
"""

#: No memory has room for the stack of such a thread.
NO_THREADS = "import threading; threading.stack_size(1 << 46)\n"

ISOLATED = """
import os
try:
    import _interpreters as interpreters
    made = interpreters.create("isolated")
except ImportError:
    import _xxsubinterpreters as interpreters
    made = interpreters.create(isolated=True)
failed = interpreters.run_string(made, {calls!r})
print(failed or "", end="", flush=True)
os._exit(0)  # Python 3.12.1 crashes when it takes such an interpreter down
"""


def run(code: str, measured: bool = True, **variables: str) -> str:
    """What a script prints. Measuring coverage loads modules, and does not work in subinterpreters."""
    environ = {name: value for name, value in os.environ.items() if measured or not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        env={**environ, "PYTHONPATH": str(ROOT), **variables},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def variables() -> object:
    with FakeHarbor() as harbor:
        for number in range(450):
            harbor.add_user(f"user{number}", email=f"{number}@example.com")
        url = harbor.url.replace("127.0.0.1", "localhost")
        yield {"HARBOR_URL": url, "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": "Harbor12345"}


def test_without_threads(variables: dict[str, str]) -> None:
    assert run(NO_THREADS + CALLS, **variables).split() == ["user0", "True", "True", "False", "450", "1"]


def test_in_an_isolated_subinterpreter(variables: dict[str, str]) -> None:
    assert run(ISOLATED.format(calls=CALLS), measured=False, **variables).split() == [
        "user0",
        "True",
        "True",
        "False",
        "450",
        "1",
    ]


def test_the_standard_librarys_processes_are_not_loaded(variables: dict[str, str]) -> None:
    code = CALLS + "import sys\nprint([name for name in sys.modules if name.startswith('multiprocessing')])"
    assert run(code, measured=False, **variables).splitlines()[-1] == "[]"


def test_a_timeout_is_both_kinds() -> None:
    released = threading.Event()
    with FaultServer([[read_request, hold(released), send(OK)]]) as server, users(server) as api:
        call = api.get_user(3, async_req=True)
        for kind in (multiprocessing.TimeoutError, TimeoutError):
            with pytest.raises(kind):
                call.get(0.01)
        with pytest.raises(TimeoutError):
            call.get(-1)
        with pytest.raises(ValueError, match="not ended"):
            call.successful()
        released.set()
        call.wait()
        assert call.successful()
        assert call.get(0).user_id == 3


def test_a_call_that_is_awaited_says_what_works() -> None:
    async def main() -> None:
        with FaultServer([[read_request, send(OK)]]) as server, users(server) as api:
            await api.get_user(3, async_req=True)  # type: ignore[misc]

    import asyncio

    with pytest.raises(TypeError, match=r"asyncio\.to_thread"):
        asyncio.run(main())


def test_threads_of_a_pool() -> None:
    with users("http://127.0.0.1:1") as api:
        pool = api.api_client.pool
        assert pool.apply(int, ("7",), {"base": 8}) == 7
        pool.close()
        with pytest.raises(ValueError, match="closed"):
            pool.apply_async(int)
        pool.join()
        pool.terminate()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_call_of_the_parent_is_an_error_in_the_child() -> None:
    released = threading.Event()
    with FaultServer([[read_request, hold(released), send(OK)]]) as server, users(server) as api:
        call = api.get_user(3, async_req=True)
        child = os.fork()
        if not child:
            try:
                call.get()
            except RuntimeError as error:
                os._exit("before a fork" in str(error))
            finally:
                os._exit(7)
        _, status = os.waitpid(child, 0)
        released.set()
        assert os.waitstatus_to_exitcode(status) == 1
        assert call.get(60).user_id == 3


def test_threads_that_are_closed_end() -> None:
    workers = Workers(2, "test")
    held = threading.Event()
    works = [workers.start(held.wait) for _ in range(2)]
    waiting = workers.start(lambda: "begun nevertheless")
    threads = list(workers._threads)
    workers.close()
    with pytest.raises(ValueError, match="closed"):
        workers.start(int)
    held.set()
    workers.join()
    assert all(work.get(20) for work in works)
    assert waiting.get(20) == "begun nevertheless"
    assert not any(thread.is_alive() for thread in threads)


def test_threads_that_are_stopped_begin_nothing_more() -> None:
    workers = Workers(1, "test")
    held, begun = threading.Event(), threading.Event()
    work = workers.start(lambda: begun.set() or held.wait(20))
    waiting = workers.start(int)
    assert begun.wait(20)
    workers.stop()
    held.set()
    assert work.get(20)
    workers.join()
    waiting.wait(0)
    assert not waiting.ready()
    with pytest.raises(TimeoutError):
        waiting.get(0)
    with pytest.raises(ValueError, match="not ended"):
        waiting.successful()


def test_an_interruption_of_work_that_is_done_at_once_is_raised_at_once() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    workers = Workers(0, "test")
    with pytest.raises(KeyboardInterrupt):
        workers.start(interrupt)
    failed = workers.start(lambda: [].pop())
    assert not failed.successful()
    with pytest.raises(IndexError):
        failed.get()


def test_calls_in_the_background_run_in_the_context_of_their_caller() -> None:
    """Tracers keep the current span in a context variable."""
    span = contextvars.ContextVar("span", default="none")
    seen: list[tuple[str, bool]] = []
    with FakeHarbor() as harbor, harbor_client.ApiClient(harbor.configuration()) as client:
        ids = harbor.add_users(300)
        harbor_client.UserApi(client).get_user(ids[0], async_req=True).get(60)  # starts a thread
        client.configuration.event_hooks["request"] = [
            lambda event: seen.append((span.get(), threading.current_thread() is threading.main_thread()))
        ]
        span.set("mine")
        api = harbor_client.UserApi(client)
        api.get_user(ids[0], async_req=True).get(60)
        assert len(list(harbor_client.Users(api).iterate(concurrency=2))) == 300
    assert {name for name, _ in seen} == {"mine"}
    assert sum(not in_main for _, in_main in seen) > 1


def test_no_thread_outlives_its_workers() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        started = [Workers(6, "to end") for _ in range(20)]
        works = [workers.start(int) for workers in started for _ in range(random.randrange(200))]
        for work in works:
            assert work.get(20) == 0
    finally:
        sys.setswitchinterval(interval)
    end = time.monotonic() + 10
    while any("to end" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)
