"""FakeHarbor where time is frozen, and under gevent and eventlet: the real packages, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]

#: A run with right and wrong passwords, users, faults and many calls at once.
_SESSION = """
import threading
import harbor_client
from harbor_client.exceptions import ConnectionException, UnauthorizedException
from harbor_client.testing import FakeHarbor

def refused(harbor):
    with harbor_client.ApiClient(harbor.configuration(password="wrong")) as client:
        client.configuration.timeout = 15
        try:
            harbor_client.UserApi(client).get_current_user_info()
        except UnauthorizedException:
            return True

def session(**settings):
    with FakeHarbor(**settings) as harbor:
        ids = harbor.add_users(20)
        with harbor_client.ApiClient(harbor.configuration()) as client:
            client.configuration.timeout = 15
            api = harbor_client.UserApi(client)
            assert refused(harbor)
            names = []
            threads = [
                threading.Thread(target=lambda each=each: names.append(api.get_user(each).username)) for each in ids
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(names) == harbor.usernames
            harbor.fail_next("DELETE", close="before")
            try:
                api.delete_user(ids[0])
            except ConnectionException:
                api.delete_user(ids[0])
            assert len(harbor.usernames) == 19
            harbor.fail_next("GET", "/users/4", delay=0.05)
            assert api.get_user(4).user_id == 4
"""


def _run(code: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.strip() == "done", result.stdout


@pytest.mark.parametrize("settings", ["", "https=True"])
def test_gevent(settings: str) -> None:
    _run(f"from gevent import monkey; monkey.patch_all()\n{_SESSION}\nsession({settings})\nprint('done')")


@pytest.mark.parametrize("settings", ["", "https=True"])
def test_eventlet(settings: str) -> None:
    _run(f"import eventlet; eventlet.monkey_patch()\n{_SESSION}\nsession({settings})\nprint('done')")


def test_frozen_time() -> None:
    _run(
        f"import time; from freezegun import freeze_time\n{_SESSION}\n"
        "began = time.perf_counter()\n"
        "with freeze_time('2030-01-02 03:04:05'):\n"
        "    session(lock_seconds=0.2)\n"
        "    session(lock_seconds=0.2, https=True)\n"
        "    with FakeHarbor() as harbor:\n"
        "        harbor.add_user('alice')\n"
        "        assert harbor.user('alice')['creation_time'] == '2030-01-02T03:04:05.000Z'\n"
        "        assert refused(harbor)\n"
        "        with harbor_client.ApiClient(harbor.configuration()) as client:\n"  # the lock is over, too
        "            assert harbor_client.UserApi(client).get_current_user_info().username == 'admin'\n"
        "print('done')"
    )
