"""A fake Harbor for each test, and its administrator."""

from collections.abc import Iterator

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import Api


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor(lock_seconds=0) as running:
        yield running


@pytest.fixture
def api(harbor: FakeHarbor) -> Iterator[Api]:
    with Api(harbor) as admin:
        yield admin
