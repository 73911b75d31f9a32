"""One call of an operation."""

from typing import Any, NamedTuple

from .._http.messages import Request
from .binding import Scalar
from .callers import Caller
from .settings import Instance


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
