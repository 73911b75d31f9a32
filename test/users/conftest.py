"""A fake Harbor of both generations, and the users on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harbor_client import ApiClient
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The search was rewritten in 2.14.2, the checks of access in 2.15.0.
VERSIONS = ["2.12.4", "2.16.0"]


@pytest.fixture(params=VERSIONS)
def harbor(request: pytest.FixtureRequest) -> Iterator[FakeHarbor]:
    with FakeHarbor(version=request.param, lock_seconds=0.05) as harbor:
        yield harbor


@pytest.fixture
def as_user(harbor: FakeHarbor) -> Iterator[Callable[..., Users]]:
    """Users as seen by somebody: ``as_user("alice")``."""
    clients: list[ApiClient] = []

    def make(name: str | None = "admin", **settings: object) -> Users:
        configuration = harbor.configuration(name)
        for key, value in settings.items():
            setattr(configuration, key, value)
        clients.append(ApiClient(configuration))
        return Users(clients[-1])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def users(as_user: Callable[..., Users]) -> Users:
    return as_user()
