"""What an exception takes along when it passes a public method: nothing of ours, and nothing less of the caller's."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import ChainMap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, TracebackType
from typing import Any

import pytest

import harbor_client
from harbor_client import ApiException, ApplyError, NotFoundException, UserApi, Users, models
from harbor_client._privacy.guard import guarded
from harbor_client.testing import FakeHarbor
from support.canaries import caught
from support.clients import users
from support.recorder import Hunt, assert_hidden, mark


class Holder:
    """Something whose repr shows what it holds."""

    def __init__(self, held: str) -> None:
        self.held = held

    def __repr__(self) -> str:
        return self.held


def ours(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function as if it stood in the package."""
    assert isinstance(function, FunctionType)
    return FunctionType(function.__code__, {**function.__globals__, "__name__": "harbor_client._privacy.test"})


@pytest.mark.parametrize(
    "fail",
    [
        lambda secret: json.loads(b'"\xff' + secret.encode()),  # UnicodeDecodeError.object
        lambda secret: json.loads(f'"{secret}'),  # JSONDecodeError.doc
        lambda secret: ChainMap({})[secret, "x"],  # KeyError.args
        lambda secret: shutil.copyfileobj(Holder(secret), None),  # type: ignore[arg-type]  # AttributeError.obj
    ],
    ids=["bytes", "text", "key", "object"],
)
def test_nothing_is_carried_away(fail: Callable[[str], object]) -> None:
    secret = mark("carried")
    error = caught(guarded(ours(fail)), secret)
    assert error is not None
    shown = [
        repr(error),
        *map(repr, error.args),
        *(repr(getattr(error, name, "")) for name in ("object", "doc", "obj")),
    ]
    assert secret not in "".join(shown)


def frames(error: BaseException) -> Iterator[TracebackType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def test_a_traceback_shows_no_guards() -> None:
    package = str(Path(harbor_client.__file__).parent)
    with FakeHarbor() as harbor, harbor_client.ApiClient(harbor.configuration()) as client:
        error = caught(UserApi(client).get_user, 4711)
    assert isinstance(error, NotFoundException)
    shown = [one.tb_frame.f_code for one in frames(error) if one.tb_frame.f_code.co_filename.startswith(package)]
    assert shown
    guards = [code for code in shown if Path(code.co_filename).name == "guard.py"]
    assert len(guards) == (sys.version_info < (3, 11))  # Python 3.10 shows the outermost one again when it raises


# ------------------------------------------------------------------------------------------------ what is the caller's

DOCUMENT = '{"name": "alice", "age": '


class Snapshot:
    """Everything that an exception of the caller's carries, for comparison."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.carried = self._look()

    def _look(self) -> object:
        error = self.error
        shown = [(one.tb_lasti, one.tb_frame.f_code, dict(one.tb_frame.f_locals)) for one in frames(error)]
        # Of the frame that goes on, only that it is there.
        return (
            error.args,
            dict(vars(error)),
            error.__cause__,
            error.__context__,
            [code for _, code, _ in shown],
            [held for _, code, held in shown if code.co_name == "raw_decode"],
        )

    def assert_unchanged(self) -> None:
        assert self._look() == self.carried


def parse_error(then: Callable[[json.JSONDecodeError], object] = lambda error: None) -> Snapshot:
    """Fail to parse a document of the caller's, and do something while that is being handled."""
    try:
        try:
            {}["key", "of", "the", "caller"]  # type: ignore[index]
        except KeyError:
            json.loads(DOCUMENT)
    except json.JSONDecodeError as error:
        snapshot = Snapshot(error)
        then(error)
        return snapshot
    raise AssertionError("it was parsed")


def _async(api: UserApi) -> None:
    api.get_user(4711, async_req=True).get(20)


def _from_none(api: UserApi) -> None:
    """A failure of ours that suppresses its context."""
    api.get_user("x")


def _second_guard(api: UserApi) -> None:
    """A call in a callback of a call."""
    rows = ({"username": api.get_user(number).username} for number in (3, 4711))
    Users(api).apply(rows).finish()


WAYS: dict[str, Callable[[UserApi], object]] = {
    "a call": lambda api: api.get_user(4711),
    "a call in the background": _async,
    "wrong arguments": _from_none,
    "a setting": lambda api: setattr(api.api_client.configuration, "timeout", "x"),
    "a model": lambda api: models.UserResp.from_json({"user_id": "x"}),
    "Users": lambda api: Users(api).get("nobody"),
    "apply": lambda api: Users(api).apply([{"username": "alice", "password": "x"}]).finish(),
    "a call in a callback": _second_guard,
    "iterate": lambda api: list(Users(UserApi(_unauthorized(api))).iterate()),
    "iterate ahead": lambda api: list(Users(UserApi(_unauthorized(api))).iterate(concurrency=2)),
}


def _unauthorized(api: UserApi) -> Any:
    api.api_client.configuration.username = ""
    return api.api_client


@pytest.fixture
def api() -> Iterator[UserApi]:
    with FakeHarbor(lock_seconds=0) as harbor, harbor_client.ApiClient(harbor.configuration()) as client:
        harbor.add_user("alice", email="a@example.com")
        yield UserApi(client)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_being_handled_at_the_time_of_a_call(way: str, api: UserApi) -> None:
    failures: list[BaseException | None] = []
    snapshot = parse_error(lambda error: failures.append(caught(WAYS[way], api)))
    snapshot.assert_unchanged()
    assert isinstance(failures[0], (ApiException, ApplyError, ValueError, TypeError, type(None)))


def test_what_is_handled_around_a_generator(api: UserApi) -> None:
    """It changes from one ``next()`` to the other."""
    walk = Users(api).iterate(include_admin=True)
    next(walk)
    _unauthorized(api)
    snapshot = parse_error(lambda error: caught(next, walk))
    snapshot.assert_unchanged()


def test_what_is_thrown_into_a_generator(api: UserApi) -> None:
    walk = Users(api).iterate(include_admin=True)
    next(walk)
    error = json.JSONDecodeError("never raised before", DOCUMENT, 3)
    assert caught(walk.throw, error) is error
    assert error.doc == DOCUMENT


def test_what_leaves_a_with_block(api: UserApi) -> None:
    for block in (api.api_client, Users(api).apply([])):
        with pytest.raises(json.JSONDecodeError) as caught_error, block:
            json.loads(DOCUMENT)
        assert caught_error.value.doc == DOCUMENT


def _rows(fail: Callable[[], object]) -> Iterator[dict[str, str]]:
    yield {"username": "alice", "email": "b@example.com"}
    fail()


def _raise_without_context() -> None:
    try:
        json.loads(DOCUMENT)
    except json.JSONDecodeError as error:
        raise LookupError(DOCUMENT, error) from None


CALLBACKS: dict[str, Callable[[Users, Callable[..., object]], object]] = {
    "rows": lambda users, fail: users.apply(_rows(fail)).finish(),
    "progress": lambda users, fail: users.apply(_rows(lambda: None), progress=lambda done, total: fail()).finish(),
    "an operation replaced": lambda users, fail: (
        setattr(users.api.api_client, "request", fail),
        users.api.get_user(3),
    ),
    "authentication": lambda users, fail: (
        setattr(users.api.api_client.configuration, "auth_settings", fail),
        users.api.get_user(3),
    ),
}


for event in ("request", "response"):
    CALLBACKS[f"a {event} hook"] = lambda users, fail, event=event: (
        setattr(users.api.api_client.configuration, "event_hooks", {event: [fail]}),
        users.api.get_user(3),
    )


@pytest.mark.parametrize("place", CALLBACKS)
def test_what_a_callback_raises(place: str, api: UserApi) -> None:
    error = caught(CALLBACKS[place], Users(api), lambda *_, **__: json.loads(DOCUMENT))
    assert isinstance(error, json.JSONDecodeError)
    assert error.doc == DOCUMENT
    held = [one.tb_frame.f_locals for one in frames(error) if one.tb_frame.f_code.co_name == "raw_decode"]
    assert [one["s"] for one in held] == [DOCUMENT]


def test_what_a_callback_raises_and_an_error_of_ours_tells(api: UserApi) -> None:
    """It is the cause of ours, as a copy."""
    saved = caught(lambda: Path("/nowhere").read_text(encoding="utf-8"))
    assert isinstance(saved, FileNotFoundError)
    before = [one.tb_frame for one in frames(saved)]

    class Own:
        def request(self, *_: object, **__: object) -> None:
            raise saved

    api.api_client.rest_client.pool_manager = Own()
    error = caught(api.get_user, 3)
    assert isinstance(error, ApiException)
    assert repr(error.__cause__) == repr(saved)
    assert [one.tb_frame for one in frames(saved)][-len(before) :] == before


@pytest.mark.parametrize("place", CALLBACKS)
def test_what_a_callback_has_suppressed(place: str, api: UserApi) -> None:
    error = caught(CALLBACKS[place], Users(api), lambda *_, **__: _raise_without_context())
    assert isinstance(error, LookupError)
    assert isinstance(error.__context__, json.JSONDecodeError)
    assert error.__context__.doc == DOCUMENT


def test_what_a_callback_has_handled(api: UserApi) -> None:
    snapshots: list[Snapshot] = []

    def fail() -> None:
        snapshots.append(parse_error(lambda error: caught(api.get_user, 4711)))
        snapshots.append(parse_error())
        raise LookupError

    with pytest.raises(LookupError):
        Users(api).apply(_rows(fail)).finish()
    for snapshot in snapshots:
        snapshot.assert_unchanged()


def test_what_another_thread_handles(api: UserApi) -> None:
    began, over = threading.Event(), threading.Event()
    snapshots: list[Snapshot] = []

    def handle() -> None:
        def wait(error: BaseException) -> None:
            began.set()
            over.wait(20)

        snapshots.append(parse_error(wait))

    thread = threading.Thread(target=handle)
    thread.start()
    assert began.wait(20)
    caught(api.get_user, 4711)
    over.set()
    thread.join()
    snapshots[0].assert_unchanged()


# --------------------------------------------------------------------------------------------------------- other marks


def test_a_secret_as_request_id() -> None:
    secret = mark("password")
    with users("http://127.0.0.1:1/api/v2.0", password=secret, retries=0) as api:
        error = caught(api.get_user, 3, x_request_id=f"id-{secret}")
    assert_hidden(Hunt({"password": secret}), error)


def test_each_model_marks_its_own_secrets() -> None:
    """Names are masked wherever they occur; but no model relies on another's mark."""
    marks = {
        name: set(re.findall(r"(\w+): .*secret=True", inspect.getsource(getattr(models, name))))
        for name in models.__all__
    }
    assert {name: found for name, found in marks.items() if found} == {
        "OIDCCliSecretReq": {"secret"},
        "OIDCUserInfo": {"secret"},
        "PasswordReq": {"old_password", "new_password"},
        "RegistryCredential": {"access_secret"},
        "UserCreationReq": {"password"},
    }


def test_names_of_secrets_are_known_before_the_models_are_loaded() -> None:
    code = (
        "from harbor_client._privacy.names import secret_names; before = secret_names();"
        "from harbor_client import models; [getattr(models, name) for name in models.__all__];"
        "print(sorted(secret_names() - before))"
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(harbor_client.__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, env=environ, check=True).stdout == b"[]\n"
