"""A fake Harbor, and a shell whose environment leads to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harbor_client.testing import FakeHarbor
from support.commands import Shell


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor(lock_seconds=0.05) as harbor:
        yield harbor


@pytest.fixture
def shell(harbor: FakeHarbor, tmp_path: Path) -> Shell:
    return Shell(tmp_path, HARBOR_URL=harbor.url, HARBOR_USERNAME="admin", HARBOR_PASSWORD="Harbor12345")
