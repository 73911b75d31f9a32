"""What arrived at a fake Harbor, kept for the test to look at."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, overload

from ._api.callers import basic_credentials
from ._go.text import to_text
from ._http.messages import BASE_PATH, Request

#: Words in the names of headers, and of a query's values, that are secret.
_SECRET_WORDS = ("auth", "cookie", "key", "password", "secret", "token")
#: What a header's value that authenticates begins with, whatever the header's name.
_SCHEMES = ("basic ", "bearer ", "digest ")
_SECRET_FIELDS = frozenset({"password", "old_password", "new_password", "secret", "oidc_client_secret"})
_MASK = "***"


class ReceivedRequest:
    """A request that arrived. The attributes hold what was sent; `repr` masks what is secret.

    Attributes:
        method: the verb.
        path: the path below ``/api/v2.0``, decoded, such as ``/users/3``; a path elsewhere is whole.
        query: the query's values by name, decoded once; of a name given twice the last value.
        headers: the values by header name in lower case; several lines of one name are joined by ``", "``.
        body: the body's bytes.
        user: the user name of a Basic Authorization header, or None.
        time: when it arrived, in seconds since 1970 by the harbor's clock.
    """

    __slots__ = ("_raw", "time")

    def __init__(self, request: Request, time: float) -> None:
        self._raw = request
        self.time: float = time

    @property
    def method(self) -> str:
        return self._raw.method

    @property
    def path(self) -> str:
        return self._raw.path.removeprefix(BASE_PATH)

    @property
    def target(self) -> str:
        """Path and query as they were on the wire."""
        return self._raw.target

    @property
    def query(self) -> dict[str, str]:
        return dict(self._raw.pairs())

    @property
    def headers(self) -> dict[str, str]:
        return {name: ", ".join(values) for name, values in self._raw.headers.items()}

    @property
    def body(self) -> bytes:
        return self._raw.body

    @property
    def json(self) -> Any:
        """The body read as JSON, None when there is none; `ValueError` when it is something else."""
        return json.loads(self._raw.body) if self._raw.body else None

    @property
    def user(self) -> str | None:
        credentials = basic_credentials(self._raw)
        return None if credentials is None else credentials[0]

    def __repr__(self) -> str:
        headers = {
            name: _MASK if _is_secret(name) or value.lower().startswith(_SCHEMES) else value
            for name, value in self.headers.items()
        }
        target = to_text(self._raw.target.encode("utf-8", "surrogateescape"))
        path, mark, query = target.partition("?")
        if mark:
            target = f"{path}?{'&'.join(map(_masked_pair, query.split('&')))}"
        return f"<ReceivedRequest {self.method} {target} headers={headers} body={self._shown_body()}>"

    def _shown_body(self) -> str:
        if not self.body:
            return "empty"
        try:
            value = self.json
            return repr(_masked(value)) if isinstance(value, (dict, list)) else f"{len(self.body)} bytes"
        except (ValueError, RecursionError):
            return f"{len(self.body)} bytes"


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_WORDS)


def _masked_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={_MASK}" if equals and _is_secret(name) else pair


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: _MASK if str(key).lower() in _SECRET_FIELDS and item else _masked(item) for key, item in value.items()
        }
    return [_masked(item) for item in value] if isinstance(value, list) else value


class RequestLog(Sequence[ReceivedRequest]):
    """The requests that arrived, oldest first; only so many of the latest are kept."""

    def __init__(self, most: int) -> None:
        self._requests: deque[ReceivedRequest] = deque(maxlen=most)

    def add(self, request: ReceivedRequest) -> None:
        self._requests.append(request)

    def clear(self) -> None:
        """Forget all."""
        self._requests.clear()

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[ReceivedRequest]:
        return iter(list(self._requests))

    @overload
    def __getitem__(self, index: int) -> ReceivedRequest: ...

    @overload
    def __getitem__(self, index: slice) -> list[ReceivedRequest]: ...

    def __getitem__(self, index: int | slice) -> ReceivedRequest | list[ReceivedRequest]:
        return list(self._requests)[index]

    def __repr__(self) -> str:
        return repr(list(self._requests))
