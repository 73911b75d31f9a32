"""An interruption carries no secret away, wherever it strikes: lines all along a call are interrupted."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest

from harbor_client import ApiClient, UserApi, Users
from harbor_client._privacy import guard
from harbor_client.testing import FakeHarbor
from support.canaries import Marks, caught, client, echo, operations
from support.faultserver import FaultServer, Peer, Steps, again, ignore, reply, reset, respond
from support.recorder import Hunt, all_output, mark

# Between the making of a socket and the line that keeps it, an interruption leaves it to its destructor.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

#: One line event of so many is interrupted.
STEP = 47


#: What would disturb other tests, interrupted: the loading of modules, what the interpreter calls by itself, and
#: logging, whose one lock would stay locked, and paths, which cannot be shown half made.
_SPARED = ("<module>", "__del__", "_remove")
_SPARED_FILES = ("importlib", "pathlib", f"{os.sep}logging{os.sep}")


class Interruption:
    """Raises ``KeyboardInterrupt`` at one line event after the other of what is called below the first guard.

    A signal's handler may run, and raise, between any two instructions. The frame of the first guard itself is spared:
    what it holds are the arguments that the script's own frame holds as well.
    """

    def __init__(self, at: int, function: str | None) -> None:
        self._left = at
        self._function = function
        self._guards = 0
        self._first: FrameType | None = None
        self.struck = ""
        """Where it did, if it did."""

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if code is guard._GUARD:
            self._guards += {"call": 1, "return": -1}.get(event, 0)
            if event == "call" and self._guards == 1:
                self._first = frame
        if frame is self._first:
            return self
        if code.co_name in _SPARED or any(part in code.co_filename for part in _SPARED_FILES):
            return None
        if event != "line" or not self._guards or self.struck or self._function not in (None, code.co_name):
            return self
        self._left -= 1
        if self._left < 0:
            self.struck = f"{code.co_filename}:{frame.f_lineno}"
            raise KeyboardInterrupt
        return self


def interrupted(
    at: int, action: Callable[..., object], *arguments: Any, function: str | None = None
) -> tuple[str, BaseException | None]:
    """Do something, interrupted at a line event (of a function); where it was, and what came of it.

    In a thread of its own: where a line event raises at a `break` inside `except`, Python 3.11 and 3.12 go on handling
    the exception that was caught there, as long as the thread lives.
    """
    interruption = Interruption(at, function)
    came: list[BaseException | None] = []

    def act() -> None:
        sys.settrace(interruption)
        try:
            came.append(caught(action, *arguments))
        finally:
            sys.settrace(None)

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    return interruption.struck, came[0]


def strike(hunt: Hunt, action: Callable[..., object], *arguments: Any) -> int:
    """Do something again and again, interrupted at line events from its first to its last; how often it was."""
    caught(action, *arguments)  # all modules are loaded then
    strikes, at = 0, random.randrange(STEP)
    while True:
        struck, error = interrupted(at, action, *arguments)
        if not struck:
            return strikes
        strikes += 1
        at += STEP
        if error is not None:
            hunt.error(f"the error after {struck}", error)
            hunt.assert_nothing()


CASES: dict[str, tuple[str, Steps | None]] = {
    "a write": ("create_user", None),
    "a read": ("get_user", None),
    "a write refused": ("create_user", again(respond(echo(422, str)))),
    "a write that is reset": ("update_user_password", reset),
    "a read whose response is no JSON": ("get_user", again(respond(echo(200, str)))),
    "a redirect": ("get_user", again(reply(b"", 302, "Location: http://127.0.0.1:1/"))),
}


@pytest.mark.parametrize("case", CASES)
def test_at_lines_of_a_call(case: str) -> None:
    marks = Marks.of("odd")
    operation, script = CASES[case]
    do, response = operations(marks)[operation]
    with FaultServer(script or again(response)) as server, client(server.url, marks) as made:
        assert strike(marks.hunt(), do, UserApi(made)) > 10


def test_at_lines_of_the_making_of_clients_and_models() -> None:
    marks = Marks.of("odd")
    proxy = f"http://u:{quote(marks.parameter, safe='')}@127.0.0.1:1"

    def make() -> None:
        with client("http://127.0.0.1:1/api/v2.0", marks, proxy=proxy):
            operations(marks)

    assert strike(marks.hunt(), make) > 10


def test_at_lines_of_users() -> None:
    password = mark("password")
    with FakeHarbor(lock_seconds=0) as harbor, ApiClient(harbor.configuration()) as made:
        users = Users(made)
        harbor.add_user("alice", email="a@example.com")
        hunt = Hunt({"password": password})
        rows = [{"username": "alice", "password": password}]
        assert strike(hunt, lambda: users.ensure("alice", password=password, update_password="always")) > 10
        assert strike(hunt, lambda: users.apply(rows, update_password="always").finish()) > 10


def test_while_waiting_for_the_response() -> None:
    """A real signal, in the socket's wait."""
    marks = Marks.of("odd")
    hunt = marks.hunt()
    arrived = threading.Event()

    def silent(peer: Peer) -> None:
        peer.read_request()
        arrived.set()
        ignore(peer)

    def handler(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with all_output() as output, FaultServer(silent) as server, client(server.url, marks) as made:
            for do, _ in operations(marks).values():
                arrived.clear()
                thread = threading.Thread(target=lambda: arrived.wait(20) and os.kill(os.getpid(), signal.SIGUSR1))
                thread.start()
                error = caught(do, UserApi(made))
                thread.join()
                assert type(error) is KeyboardInterrupt
                hunt.error("the interruption", error)
    finally:
        signal.signal(signal.SIGUSR1, before)
    hunt.text("output", output)
    hunt.assert_nothing()


def test_while_waiting_for_the_next_attempt() -> None:
    """The failure before is known in the frame that waits."""
    marks = Marks.of("odd")
    hunt = marks.hunt()
    with FaultServer(reset) as server, client(server.url, marks, retries=1) as made:
        api = UserApi(made)
        for at in range(3):
            struck, error = interrupted(at, operations(marks)["get_user"][0], api, function="_wait")
            assert struck
            assert error is not None
            assert type(error) is KeyboardInterrupt
            hunt.error(f"the error after {struck}", error)
    hunt.assert_nothing()
