"""Fixtures for pytest: a fake Harbor for each test, and a client that talks to it.

Switch them on with one line in the top ``conftest.py``::

    pytest_plugins = "harbor_client.testing.pytest_plugin"
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from harbor_client.testing import FakeHarbor

if TYPE_CHECKING:
    from harbor_client import UserApi

__all__ = ["harbor", "harbor_api"]


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    """A fresh `FakeHarbor`, running; it holds nobody but ``admin``."""
    with FakeHarbor(lock_seconds=0.05) as running:
        yield running


@pytest.fixture
def harbor_api(harbor: FakeHarbor) -> Iterator[UserApi]:
    """A `UserApi` that calls the `harbor` of this test as the system administrator ``admin``."""
    from harbor_client import ApiClient, UserApi

    with ApiClient(harbor.configuration()) as client:
        yield UserApi(client)
