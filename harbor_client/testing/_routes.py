"""Which operation answers which method and path, and what each expects."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from ._binding import Body, QueryParameter
from ._errors import Failure, not_found
from ._gotext import BadEscape, unescape_path
from ._messages import BASE_PATH, Request
from ._settings import FIELDS

__all__ = ["Route", "find_route"]


class Route(NamedTuple):
    """An operation's method and path, the method of `Operations` that does it, and its parameters."""

    method: str
    path: str
    operation: str
    query: tuple[QueryParameter, ...] = ()
    body: Body | None = None


_PAGING = (QueryParameter("page", "int64", 1), QueryParameter("page_size", "int64", 10, most=100))
_SECRET = {"secret": "string"}

_ROUTES = (
    Route("GET", "/users", "list_users", (*_PAGING, QueryParameter("q", "string"), QueryParameter("sort", "string"))),
    Route(
        "POST",
        "/users",
        "create_user",
        body=Body(
            "userReq",
            "models.UserCreationReq",
            dict.fromkeys(("comment", "email", "password", "realname", "username"), "string"),
            longest={"email": 255, "username": 255},
        ),
    ),
    Route("GET", "/users/search", "search_users", (*_PAGING, QueryParameter("username", "string", required=True))),
    Route("GET", "/users/current", "get_current_user"),
    Route(
        "GET",
        "/users/current/permissions",
        "get_permissions",
        (QueryParameter("relative", "bool", False), QueryParameter("scope", "string")),
    ),
    Route("GET", "/users/{user_id}", "get_user"),
    Route(
        "PUT",
        "/users/{user_id}",
        "update_profile",
        body=Body("profile", "models.UserProfile", dict.fromkeys(("comment", "email", "realname"), "string")),
    ),
    Route("DELETE", "/users/{user_id}", "delete_user"),
    Route(
        "PUT",
        "/users/{user_id}/password",
        "update_password",
        body=Body("password", "models.PasswordReq", dict.fromkeys(("new_password", "old_password"), "string")),
    ),
    Route(
        "PUT",
        "/users/{user_id}/sysadmin",
        "set_sysadmin",
        body=Body("sysadminFlag", "models.UserSysAdminFlag", {"sysadmin_flag": "bool"}),
    ),
    Route(
        "PUT",
        "/users/{user_id}/cli_secret",
        "set_cli_secret",
        body=Body("secret", "models.OIDCCliSecretReq", _SECRET),
    ),
    Route("GET", "/configurations", "get_configurations"),
    Route(
        "PUT", "/configurations", "update_configurations", body=Body("configurations", "models.Configurations", FIELDS)
    ),
)

#: For each path that holds no parameter: method to route; for the others by what follows the user id.
_FIXED: dict[str, dict[str, Route]] = {}
_BY_ID: dict[str, dict[str, Route]] = {}
for _route in _ROUTES:
    _prefix, _brace, _rest = _route.path.partition("{user_id}")
    _where = _BY_ID.setdefault(_rest, {}) if _brace else _FIXED.setdefault(_route.path, {})
    _where[_route.method] = _route


def find_route(request: Request) -> tuple[Route, str | None]:
    """The route of a request and the text of its user id, None where the path has none.

    Raises:
        Failure: 404, or 405 with the methods that the path has.
    """
    path = request.escaped_path
    if path.endswith("/") or "//" in path or "/." in path:
        path = posixpath.normpath(path)
    method = request.method
    relative = path.removeprefix(BASE_PATH) if path.startswith(BASE_PATH + "/") else ""
    fixed: dict[str, Route] = _FIXED.get(relative, {})
    if method in fixed:
        return fixed[method], None
    by_id: dict[str, Route] = {}
    user_id, rest = "", ""
    if relative.startswith("/users/"):
        user_id, slash, rest = relative[7:].partition("/")
        if user_id:
            by_id = _BY_ID.get(slash + rest, {})
    if method in by_id:
        try:
            return by_id[method], unescape_path(user_id)
        except BadEscape:
            return by_id[method], user_id
    allowed = [*fixed, *(each for each in by_id if each not in fixed)]
    if allowed:
        raise Failure(405, "METHOD_NOT_ALLOWED", f"method {method} is not allowed, but [{','.join(allowed)}] are")
    raise not_found(f"path {request.escaped_path} was not found")
