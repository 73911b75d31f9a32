"""One Harbor, and one call of one of its operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from .._clock import Clock
from .._database.store import Store
from .._http.messages import Request
from .._versions import Version
from .binding import Scalar
from .callers import Caller
from .settings import Settings


@dataclass
class Instance:
    """What one Harbor consists of."""

    version: Version
    settings: Settings
    store: Store
    clock: Clock
    #: How long the response to a wrong password is held back.
    lock_seconds: float
    #: Whether it serves HTTPS.
    secure: bool


class Call(NamedTuple):
    """One request that has reached its operation."""

    harbor: Instance
    request: Request
    caller: Caller
    parameters: dict[str, Scalar]
    body: dict[str, Any]
    has_session: bool

    def text(self, parameter: str) -> str:
        """A text parameter."""
        return str(self.parameters[parameter])

    def number(self, parameter: str) -> int:
        """An integer parameter."""
        return int(self.parameters[parameter])

    def texts(self, *fields: str) -> list[str]:
        """Text fields of the body, empty where they were not given."""
        return [self.body.get(field, "") for field in fields]
