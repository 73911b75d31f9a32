"""Fixtures for pytest: a fake Harbor for each test, and a client that talks to it.

Switch them on with one line in the top ``conftest.py``::

    pytest_plugins = "harbor_client.testing.pytest_plugin"
"""

import os
from collections.abc import Iterator

import pytest

from harbor_client import ApiClient, UserApi, Users
from harbor_client.testing import FakeHarbor

__all__ = ["harbor", "harbor_api", "harbor_env", "harbor_users"]


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    """A fresh `FakeHarbor`, running; it holds nobody but ``admin``."""
    with FakeHarbor(lock_seconds=0.05) as running:
        yield running


@pytest.fixture
def harbor_api(harbor: FakeHarbor) -> Iterator[UserApi]:
    """A `UserApi` that calls the `harbor` of this test as the system administrator ``admin``."""
    with ApiClient(harbor.configuration()) as client:
        yield UserApi(client)


@pytest.fixture
def harbor_users(harbor_api: UserApi) -> Users:
    """`Users` that call the `harbor` of this test as the system administrator ``admin``."""
    return Users(harbor_api)


@pytest.fixture
def harbor_env(harbor: FakeHarbor, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment leads to the `harbor` of this test, as ``admin``, until the test is over.

    Every other ``HARBOR_*`` variable and every proxy is unset. Returns what is set, for a subprocess.
    """
    for name in list(os.environ):
        if name.upper().startswith("HARBOR_") or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    variables = harbor.environment()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables
