"""The requests that a fake Harbor has received, for tests to inspect."""

import json
import re
from typing import Any

from ._api.callers import basic_credentials
from ._http.messages import BASE_PATH, Request

#: Words in the names of headers, and of a query's values, that are secret.
_SECRET_WORDS = ("auth", "cookie", "key", "password", "secret", "token")
#: How a header's value that authenticates begins, whatever the header's name.
_SCHEMES = ("basic ", "bearer ", "digest ")
_SECRET_FIELDS = frozenset({"password", "old_password", "new_password", "secret", "oidc_client_secret"})
_MASK = "***"


class ReceivedRequest:
    """A request that was received. The attributes contain what was sent; `repr` masks secrets.

    Attributes:
        method: the verb.
        path: the path below ``/api/v2.0``, decoded, such as ``/users/3``; a path elsewhere is whole.
        target: path and query as they were on the wire.
        query: the query's values by name, decoded once; for a name given twice, the last value.
        headers: the values by header name in lower case; several lines of one name are joined by ``", "``.
        body: the body's bytes.
        user: the user name of a Basic Authorization header, or None.
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
        headers = {
            name: _MASK if _is_secret(name) or value.lower().startswith(_SCHEMES) else value
            for name, value in self.headers.items()
        }
        target = re.sub(r"(?<=[?&])([^=&]*)=[^&]*", _masked_pair, self.target)
        return f"<ReceivedRequest {self.method} {target} headers={headers} body={self._shown_body()}>"

    def _shown_body(self) -> str:
        try:
            value = self.json
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, (dict, list)):
            return repr(_masked(value))
        return f"{len(self.body)} bytes" if self.body else "empty"


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_WORDS)


def _masked_pair(pair: re.Match[str]) -> str:
    return f"{pair[1]}={_MASK}" if _is_secret(pair[1]) else pair[0]


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: _MASK if str(key).lower() in _SECRET_FIELDS and item else _masked(item) for key, item in value.items()
        }
    return [_masked(item) for item in value] if isinstance(value, list) else value


class RequestLog(list[ReceivedRequest]):
    """The requests received, oldest first; only the latest are kept."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def add(self, request: ReceivedRequest) -> None:
        self.append(request)
        del self[: max(len(self) - self._limit, 0)]
