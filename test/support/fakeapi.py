"""Calls to a fake Harbor in one line, over a raw socket and without the client that is under test elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from harbor_client.testing import FakeHarbor

from .rawhttp import Raw, Response, basic

__all__ = ["ADMIN", "ANONYMOUS", "Api", "creation"]

ADMIN = ("admin", "Harbor12345")
ANONYMOUS = None
PASSWORD = "Passw0rd1"


def creation(username: str, /, **fields: Any) -> dict[str, Any]:
    """The body that creates a user, with what is not given made up."""
    made_up = {"username": username, "email": f"{username}@example.com", "realname": "R", "password": PASSWORD}
    return {name: value for name, value in {**made_up, **fields}.items() if value is not None}


class Api:
    """A connection to a fake Harbor, as somebody; a context manager."""

    def __init__(self, harbor: FakeHarbor, caller: tuple[str, str] | str | None = ADMIN) -> None:
        self._harbor = harbor
        self._caller = (caller, PASSWORD) if isinstance(caller, str) else caller
        self._raw = Raw(harbor.host, harbor.port)

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.__exit__()

    def __call__(
        self,
        method: str,
        path: str,
        json_body: object = None,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """Send one request; `path` stands below ``/api/v2.0``."""
        auth = None if self._caller is None else basic(*self._caller)
        return self._raw.request(method, "/api/v2.0" + path, auth=auth, headers=headers, body=body, json_body=json_body)

    def create(self, username: str, /, **fields: Any) -> Response:
        return self("POST", "/users", creation(username, **fields))

    def names(self, path: str = "/users?page_size=100") -> list[str]:
        """The usernames in a list or a search."""
        response = self("GET", path)
        assert response.status == 200, response
        return [user["username"] for user in response.json]

    def q(self, q: str, rest: str = "") -> list[str]:
        """The names that a `q` finds, which is escaped here once."""
        return self.names(f"/users?page_size=100&q={quote(q, safe='')}{rest}")

    def q_error(self, q: str) -> tuple[int, bytes]:
        """Status and body of the response to a `q` that Harbor does not like."""
        response = self("GET", f"/users?q={quote(q, safe='')}")
        return response.status, response.body
