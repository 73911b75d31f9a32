"""Rows of users, and what came of them."""

from collections.abc import Callable
from typing import Any

from harbor_client.testing import FakeHarbor
from harbor_client.users import Users

AsUser = Callable[..., Users]
PASSWORD = "Passw0rd1"


def row(name: str, **more: object) -> dict[str, object]:
    """A row of a new user."""
    return {"username": name, "email": f"{name}@example.com", "password": PASSWORD, **more}


def actions(changes: Any) -> list[str]:
    """What was done, row by row."""
    return [change.action for change in changes]


def writes(harbor: FakeHarbor) -> list[str]:
    """The requests that change something."""
    return [f"{request.method} {request.path}" for request in harbor.requests if request.method != "GET"]
