"""Time under the test's control, and what it governs: the wrong password that is held back."""

import base64
import threading
import time
from collections.abc import Iterator

import pytest

from harbor_client.testing import Clock, FakeHarbor
from support.fakeapi import ADMIN, Api
from support.rawhttp import Raw, Response, basic

_CURRENT = "/api/v2.0/users/current"


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor() as running:
        running.add_user("alice")
        running.clock.freeze()
        yield running


def _send(harbor: FakeHarbor, user: str, password: str, path: str = _CURRENT) -> Raw:
    raw = Raw(harbor.host, harbor.port)
    raw.send("GET", path, auth=basic(user, password))
    return raw


def _get(harbor: FakeHarbor, user: str, password: str) -> Response:
    with _send(harbor, user, password) as raw:
        return raw.read()


def test_a_wrong_password_is_held_back_and_locks_its_principal(harbor: FakeHarbor) -> None:
    with _send(harbor, "alice", "wrong") as held:
        harbor.clock.wait_for_sleepers(1)
        # meanwhile: the same principal fails at once, whatever the password, and others do not
        assert _get(harbor, "alice", "Passw0rd1").status == 401
        assert _get(harbor, "alice", "wrong").status == 401
        assert _get(harbor, "alice@example.com", "Passw0rd1").status == 200
        assert _get(harbor, *ADMIN).status == 200
        harbor.clock.advance(1.4)
        assert _get(harbor, "alice", "Passw0rd1").status == 401
        assert harbor.clock.sleepers == 1
        assert not held.has_response()
        harbor.clock.advance(0.1)
        assert held.read().error == ("UNAUTHORIZED", "unauthorized")
    assert _get(harbor, "alice", "Passw0rd1").status == 200


def test_nobody_is_held_back_likewise(harbor: FakeHarbor) -> None:
    for user, password in (("nobody", "x"), ("ALICE", "Passw0rd1"), ("", "")):
        with _send(harbor, user, password) as held:
            harbor.clock.wait_for_sleepers(1)
            harbor.clock.advance(1.5)
            assert held.read().status == 401


def test_who_gives_no_password_is_answered_at_once(harbor: FakeHarbor) -> None:
    with Raw(harbor.host, harbor.port) as raw:
        for auth in (None, "Bearer x", "Basic !", "Basic YWxpY2U="):
            assert raw.request("GET", _CURRENT, auth=auth).status == 401


@pytest.mark.parametrize("principal", [b"a\x00b", b"\xff", b"admin\xc3"])
def test_a_name_that_no_database_takes_is_answered_at_once(harbor: FakeHarbor, principal: bytes) -> None:
    with Raw(harbor.host, harbor.port) as raw:
        auth = "Basic " + base64.b64encode(principal + b":x").decode()
        assert raw.request("GET", _CURRENT, auth=auth).status == 401


def test_a_request_that_needs_nobody_is_held_back_all_the_same(harbor: FakeHarbor) -> None:
    with _send(harbor, "alice", "wrong", "/api/v2.0/nothing") as held:
        harbor.clock.wait_for_sleepers(1)
        harbor.clock.advance(1.5)
        assert held.read().status == 404


def test_the_lock_can_be_short() -> None:
    with FakeHarbor(lock_seconds=0.001) as harbor:
        assert _get(harbor, "admin", "wrong").status == 401
        assert _get(harbor, *ADMIN).status == 200
    with FakeHarbor(lock_seconds=0) as harbor:
        assert _get(harbor, "admin", "wrong").status == 401
        assert _get(harbor, *ADMIN).status == 200


def test_the_real_length_is_real() -> None:
    with FakeHarbor() as harbor:
        began = time.monotonic()
        assert _get(harbor, "admin", "wrong").status == 401
        assert time.monotonic() - began >= 1.4


def test_stop_does_not_wait_for_who_is_held_back() -> None:
    harbor = FakeHarbor(lock_seconds=3600).start()
    with _send(harbor, "admin", "wrong") as held:
        harbor.clock.wait_for_sleepers(1)
        harbor.stop()
        assert held.rest() == b""
        harbor.start()
        harbor.stop()


def test_freeze_advance_unfreeze() -> None:
    clock = Clock()
    assert abs(clock.time() - time.time()) < 5
    clock.freeze()
    frozen = clock.time()
    clock.freeze()
    assert clock.time() == frozen
    clock.advance(100)
    assert clock.time() == pytest.approx(frozen + 100)
    clock.unfreeze()
    clock.unfreeze()
    later = clock.time()
    assert frozen + 100 <= later < frozen + 160
    while clock.time() <= later:
        time.sleep(0.001)
    clock.advance(0)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)


def test_sleep() -> None:
    clock = Clock()
    clock.sleep(0)
    clock.sleep(-1)
    clock.freeze()
    sleepers = [threading.Thread(target=clock.sleep, args=(seconds,)) for seconds in (5, 10)]
    for thread in sleepers:
        thread.start()
    clock.wait_for_sleepers(2)
    with pytest.raises(TimeoutError, match=r"2 of 3 requests are being held back after 0\.01 s"):
        clock.wait_for_sleepers(3, timeout=0.01)
    clock.advance(5)
    sleepers[0].join(20)
    assert not sleepers[0].is_alive()
    assert clock.sleepers == 1
    clock.unfreeze()
    clock.advance(5)
    sleepers[1].join(20)
    assert not sleepers[1].is_alive()
    assert clock.sleepers == 0


def test_a_stopped_clock_lets_nobody_sleep() -> None:
    clock = Clock()
    clock.freeze()
    sleeper = threading.Thread(target=clock.sleep, args=(60,))
    sleeper.start()
    clock.wait_for_sleepers(1)
    clock.stop()
    sleeper.join(20)
    assert not sleeper.is_alive()
    clock.sleep(60)
    clock.stop(False)
    clock.unfreeze()
    clock.sleep(0.001)


def test_created_when_the_clock_says(harbor: FakeHarbor) -> None:
    harbor.clock.advance(365 * 86_400)
    harbor.add_user("later")
    with Api(harbor) as api:
        first, second = (api("GET", f"/users/{user_id}").json["creation_time"] for user_id in (3, 4))
    assert int(second[:4]) == int(first[:4]) + 1
