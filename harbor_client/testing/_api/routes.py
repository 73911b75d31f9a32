"""Which operation serves which method and path, and what each expects."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import NamedTuple

from .._errors import Failure, not_found
from .._go.json import Fields, Struct
from .._go.text import BadEscape, unescape_path
from .._http.messages import BASE_PATH, Request, Response
from . import system, users
from .binding import Body, Parameter
from .calls import Call
from .settings import FIELDS


class Route(NamedTuple):
    """An operation, and the parameters it takes."""

    operation: Callable[[Call], Response]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None


_PAGING = (Parameter("page", "int64", 1), Parameter("page_size", "int64", 10, maximum=100))
_USER_ID = Parameter("user_id", "int64", place="path")


def _texts(struct: str, *names: str) -> Struct:
    fields: Fields = dict.fromkeys(names, "string")
    return Struct(f"models.{struct}", fields)


#: Paths in the order in which they are tried.
_ROUTES = {
    "/users": {
        "GET": Route(users.list_users, (*_PAGING, Parameter("q"), Parameter("sort"))),
        "POST": Route(
            users.create_user,
            body=Body(
                "userReq",
                _texts("UserCreationReq", "comment", "email", "password", "realname", "username"),
                longest={"email": 255, "username": 255},
            ),
        ),
    },
    "/users/search": {"GET": Route(users.search_users, (*_PAGING, Parameter("username", required=True)))},
    "/users/current": {"GET": Route(users.get_current_user)},
    "/users/current/permissions": {
        "GET": Route(users.get_permissions, (Parameter("relative", "bool", False), Parameter("scope")))
    },
    "/users/{user_id}": {
        "GET": Route(users.get_user, (_USER_ID,)),
        "PUT": Route(
            users.update_profile, (_USER_ID,), Body("profile", _texts("UserProfile", "comment", "email", "realname"))
        ),
        "DELETE": Route(users.delete_user, (_USER_ID,)),
    },
    "/users/{user_id}/password": {
        "PUT": Route(
            users.update_password, (_USER_ID,), Body("password", _texts("PasswordReq", "new_password", "old_password"))
        )
    },
    "/users/{user_id}/sysadmin": {
        "PUT": Route(
            users.set_sysadmin,
            (_USER_ID,),
            Body("sysadminFlag", Struct("models.UserSysAdminFlag", {"sysadmin_flag": "bool"})),
        )
    },
    "/users/{user_id}/cli_secret": {
        "PUT": Route(users.set_cli_secret, (_USER_ID,), Body("secret", _texts("OIDCCliSecretReq", "secret")))
    },
    "/configurations": {
        "GET": Route(system.get_configurations),
        "PUT": Route(
            system.update_configurations, body=Body("configurations", Struct("models.Configurations", FIELDS))
        ),
    },
}
_PATTERNS = [
    (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), by_method) for path, by_method in _ROUTES.items()
]


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
    for pattern, by_method in _PATTERNS if relative != path else ():
        match = pattern.fullmatch(relative)
        if match is None:
            continue
        if request.method in by_method:
            return by_method[request.method], {name: _unescaped(text) for name, text in match.groupdict().items()}
        allowed += [method for method in by_method if method not in allowed]
    if allowed:
        message = f"method {request.method} is not allowed, but [{','.join(allowed)}] are"
        raise Failure(405, "METHOD_NOT_ALLOWED", message)
    raise not_found(f"path {request.escaped_path} was not found")


def _unescaped(text: str) -> str:
    try:
        return unescape_path(text)
    except BadEscape:
        return text
