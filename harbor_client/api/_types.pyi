"""The types of what the options of a call take, and of what it returns with them."""

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

from urllib3 import HTTPHeaderDict

#: Seconds for the whole call, or the pair (connect, read).
Timeout: TypeAlias = "int | float | tuple[float | None, float | None] | None"


class HTTPResponse(Protocol):
    """What a call with ``_preload_content=False`` returns: a :class:`urllib3.HTTPResponse` with its body in memory.

    A protocol, because urllib3's own class is not fully typed.
    """

    status: int
    reason: str | None
    headers: HTTPHeaderDict

    @property
    def data(self) -> bytes: ...
    def read(self, amt: int | None = None) -> bytes: ...
    def stream(self, amt: int | None = ...) -> Iterator[bytes]: ...
    def json(self) -> Any: ...
    def getheader(self, name: str, default: str | None = None) -> str | None: ...
    def getheaders(self) -> HTTPHeaderDict: ...
    def close(self) -> None: ...
    def release_conn(self) -> None: ...
