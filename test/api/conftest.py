"""A fake Harbor with a project, a client of it, and a user."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harbor_client import ApiClient
from harbor_client.testing import FakeHarbor


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor() as harbor:
        harbor.add_user("alice")
        yield harbor


@pytest.fixture
def client(harbor: FakeHarbor) -> Iterator[ApiClient]:
    with ApiClient(harbor.configuration()) as client:
        yield client
