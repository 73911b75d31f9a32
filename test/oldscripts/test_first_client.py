"""Tests of scripts put their own parts into urllib3, and may do so before the first client of a process is made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor

SCRIPT = """
import sys
from unittest import mock

import harbor_client
import urllib3


def name_of_the_administrator():
    configuration = harbor_client.Configuration()
    configuration.host, configuration.username, configuration.password = sys.argv[2], "admin", "Harbor12345"
    configuration.proxy = sys.argv[3] or None
    with harbor_client.ApiClient(configuration) as client:
        return harbor_client.UserApi(client).get_user(1).username


response = urllib3.HTTPResponse(body=b'{"user_id": 1, "username": "of the test"}', status=200, headers={"A": "b"})
with mock.patch(sys.argv[1]) as patched:
    patched.return_value = response
    patched.return_value.request = mock.Mock(return_value=response)
    print(name_of_the_administrator())
    assert patched.called
if not sys.argv[3]:
    print(name_of_the_administrator())
"""

PROXY = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("place", "proxy"),
    [
        ("urllib3.PoolManager", ""),
        ("urllib3.PoolManager.request", ""),
        ("urllib3.PoolManager.urlopen", ""),
        ("urllib3.poolmanager.PoolManager.request", ""),
        ("harbor_client.rest.urllib3.PoolManager", ""),
        ("urllib3.ProxyManager", PROXY),
        ("urllib3.ProxyManager.request", PROXY),
        ("urllib3.ProxyManager.urlopen", PROXY),
    ],
)
def test_a_patched_place_is_called_by_the_first_client_and_no_other_one(place: str, proxy: str) -> None:
    with FakeHarbor() as harbor:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, place, harbor.url, proxy],
            cwd=Path(harbor_client.__file__).parents[1],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["of the test"] + ["admin"] * (not proxy)
