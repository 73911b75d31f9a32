"""The requests that a fake Harbor has received, for tests to inspect."""

import json
from typing import Any

from ._api.callers import basic_credentials
from ._http.messages import BASE_PATH, Request


class ReceivedRequest:
    """A request that was received. The attributes contain what was sent; `repr` leaves out whatever may be secret.

    Attributes:
        method: the verb.
        path: the path below ``/api/v2.0``, decoded, such as ``/users/3``; a path elsewhere is whole.
        target: path and query as they were on the wire.
        query: the query's values by name, decoded once; for a name given twice, the last value.
        headers: the values by header name in lower case; several lines of one name are joined by ``", "``.
        body: the body's bytes.
        user: the username of a Basic Authorization header, or None.
        time: when it arrived, in seconds since 1970 by the harbor's clock.
    """

    def __init__(self, request: Request, time: float) -> None:
        credentials = basic_credentials(request)
        self.method: str = request.method
        self.path: str = request.path.removeprefix(BASE_PATH)
        self.target: str = request.target
        self.query: dict[str, str] = dict(request.pairs())
        self.headers: dict[str, str] = {name: ", ".join(values) for name, values in request.headers.items()}
        self.body: bytes = request.body
        self.user: str | None = credentials[0] if credentials else None
        self.time: float = time

    @property
    def json(self) -> Any:
        """The body read as JSON, None when there is none; `ValueError` when it is something else."""
        return json.loads(self.body) if self.body else None

    def __repr__(self) -> str:
        query = "?" + "&".join(f"{name}=…" for name in self.query) if self.query else ""
        return f"<ReceivedRequest {self.method} {self.path}{query} by {self.user!r}, a body of {len(self.body)} bytes>"


class RequestLog(list[ReceivedRequest]):
    """The requests received, oldest first; only the latest are kept."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def add(self, request: ReceivedRequest) -> None:
        self.append(request)
        del self[: max(len(self) - self._limit, 0)]
