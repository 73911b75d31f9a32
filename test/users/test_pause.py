"""Calls of other threads wait while a client's credentials change."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from harbor_client import ApiClient, UserApi
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users


def test_calls_of_other_threads_wait(harbor: FakeHarbor) -> None:
    with ApiClient(harbor.configuration()) as client:
        done = threading.Event()

        def call() -> None:
            UserApi(client).get_current_user_info()
            done.set()

        other = threading.Thread(target=call)
        with client.paused():
            UserApi(client).get_current_user_info()  # this thread may call
            before = len(harbor.requests)
            other.start()
            assert not done.wait(0.2)
            assert len(harbor.requests) == before
        other.join(20)
        assert done.is_set()


def test_a_pause_waits_for_calls_under_way(harbor: FakeHarbor) -> None:
    fault = harbor.fail_next("GET", delay=0.3)
    with ApiClient(harbor.configuration()) as client:
        done = threading.Event()

        def call() -> None:
            UserApi(client).get_user(1)
            done.set()

        other = threading.Thread(target=call)
        other.start()
        while not fault.hits:
            pass
        with client.paused():
            assert done.wait(20)
        other.join()


def test_a_pause_ends_with_an_error(harbor: FakeHarbor) -> None:
    with ApiClient(harbor.configuration()) as client:
        with pytest.raises(ZeroDivisionError), client.paused():
            raise ZeroDivisionError
        with client.paused():
            pass
        assert UserApi(client).get_user(1).user_id == 1


def test_a_pause_that_was_interrupted_ends_by_itself(harbor: FakeHarbor) -> None:
    with ApiClient(harbor.configuration()) as client:
        client.configuration.timeout = 0.1
        pause = client.paused()
        client.configuration.timeout = 20.0
        thread = threading.Thread(target=pause.__enter__)  # and nobody is left who would end it
        thread.start()
        thread.join()
        assert UserApi(client).get_user(1).user_id == 1
        with client.paused():
            assert UserApi(client).get_user(1).user_id == 1


def test_one_pause_waits_for_another(harbor: FakeHarbor) -> None:
    with ApiClient(harbor.configuration()) as client:
        inside: list[int] = []
        together: list[int] = []

        def change() -> None:
            for _ in range(20):
                with client.paused():
                    inside.append(1)
                    together.append(len(inside))
                    inside.pop()

        threads = [threading.Thread(target=change) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert together == [1] * 80


def test_own_password_changes_while_all_threads_call(as_user: Callable[..., Users], harbor: FakeHarbor) -> None:
    """With the old password, one call of theirs would lock the account for the others."""
    users = as_user()
    stop = threading.Event()
    failures: list[Exception] = []
    calls = 0

    def call() -> None:
        nonlocal calls
        while not stop.is_set():
            try:
                users.get(1)
                calls += 1
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    try:
        for number in range(8):
            users.change_password("admin", f"N3wPassword{number}")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert calls
    assert not failures
