"""Which operation serves which method and path. Each operation declares its own with `operation`."""

import posixpath
import re
from collections.abc import Callable
from typing import NamedTuple

from .._errors import Failure, not_found
from .._go.text import unescape_path
from .._http.messages import BASE_PATH, Request, Response
from .binding import Body, Parameter
from .calls import Call

Operation = Callable[[Call], Response]

_PARAMETER = re.compile(r"\{(\w+)\}")


class Route(NamedTuple):
    """An operation, and what it takes."""

    operation: Operation
    parameters: tuple[Parameter, ...]
    body: Body | None


#: Path to method to route. Where two paths match, the one without parameters comes first.
ROUTES: dict[str, dict[str, Route]] = {}
_PATTERNS: dict[str, re.Pattern[str]] = {}


def operation(
    method: str, path: str, *parameters: Parameter, body: Body | None = None
) -> Callable[[Operation], Operation]:
    """Declare the function below as the operation of this method and path."""
    kinds = dict.fromkeys(("user_id", "mid"), "int64")
    in_path = [Parameter(name, kinds.get(name, "string"), place="path") for name in _PARAMETER.findall(path)]

    def declare(function: Operation) -> Operation:
        ROUTES.setdefault(path, {})[method] = Route(function, (*in_path, *parameters), body)
        _PATTERNS[path] = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", path))
        return function

    return declare


def find_route(request: Request) -> tuple[Route, dict[str, str]]:
    """The route of a request, and the texts that stand where its path has parameters.

    Raises:
        Failure: 404, or 405 with the methods that the path has.
    """
    path = request.escaped_path
    if path.endswith("/") or "//" in path or "/." in path:
        path = posixpath.normpath(path)
    relative = path.removeprefix(BASE_PATH)
    allowed: list[str] = []
    for template, pattern in _PATTERNS.items() if relative != path else ():
        match = pattern.fullmatch(relative)
        if match is None:
            continue
        routes = ROUTES[template]
        if request.method in routes:
            return routes[request.method], {name: unescape_path(text) for name, text in match.groupdict().items()}
        allowed += [method for method in routes if method not in allowed]
    if allowed:
        message = f"method {request.method} is not allowed, but [{','.join(allowed)}] are"
        raise Failure(405, "METHOD_NOT_ALLOWED", message)
    raise not_found(f"path {request.escaped_path} was not found")
