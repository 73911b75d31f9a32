"""The operations on users.

An operation takes a `Call` and returns a `Response`, or raises. The checks stand in Harbor's order, since the order
decides which error a caller sees.
"""

import re
import secrets
from datetime import datetime, timezone

from .._database.columns import USERS, like
from .._database.query import Condition, id_span, parse_q, select, sorted_by
from .._database.store import ADMIN_ID, Store, User
from .._errors import DatabaseError, bad_request, forbidden, not_found, precondition, refuse
from .._go.json import Struct
from .._http.messages import Response, json_response
from .._versions import Version
from .binding import PAGING, Body, Parameter, texts
from .calls import Call
from .paging import links, listing, page_of
from .permissions import IN_PROJECT, SYSTEM, project_of_scope
from .routes import operation

# A local part (bare or in quotes), then an IPv4 address in brackets or a domain with a top level of two letters or
# more. The white space that a bare local part may not hold is that of Go's \s, which is ASCII and has no vertical tab;
# `.+` does not cross a line, and the end is the very end.
_BARE = r'[^<>()\[\]\\.,;:\t\n\f\r @"]+'
_EMAIL = re.compile(
    rf'(?:{_BARE}(?:\.{_BARE})*|".+")@'
    r"(?:\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\]|(?:[a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,})"
)
_CANNOT_UPDATE = "User with ID {} can't be updated"

# -- the collection ----------------------------------------------------------------------------------------------------


_CREATION = texts("UserCreationReq", "comment", "email", "password", "realname", "username")


@operation("POST", "/users", body=Body("userReq", _CREATION, limited=("email", "username")))
def create_user(call: Call) -> Response:
    _require_creatable(call)
    username, email, realname, comment, password = call.texts("username", "email", "realname", "comment", "password")
    version, store = call.harbor.version, call.harbor.store
    _check_secret(password, version)
    _check_profile(email, realname, comment, username, version)
    user = store.insert(username, email, realname, comment)
    store.set_password(user, password)
    return Response(201, headers={"Location": f"{call.request.path.rstrip('/')}/{user.user_id}"})


def _require_creatable(call: Call) -> None:
    settings = call.harbor.settings
    if settings.auth_mode != "db_auth":
        raise forbidden(f"creating local user is not allowed under auth mode: {settings.auth_mode}")
    if not settings.self_registration:
        call.caller.require("create")
    elif not call.has_session and not (call.caller.authenticated and call.caller.may("create")):
        raise forbidden("self-registration cannot be triggered via API")


@operation("GET", "/users", *PAGING, Parameter("q"), Parameter("sort"))
def list_users(call: Call) -> Response:
    call.caller.require("list")
    conditions = parse_q(call.text("q"))
    # Harbor also takes these two outside of `q`, as "contains".
    outside = dict(reversed(call.request.pairs()))
    conditions.update({key: Condition("contains", outside[key]) for key in ("username", "email") if outside.get(key)})
    total, users = _count_and_list(call.harbor.store, conditions, call.harbor.version)
    return listing(call, sorted_by(users, call.text("sort"), USERS), shown_user, total)


def _count_and_list(store: Store, conditions: dict[str, Condition], version: Version) -> tuple[int, list[User]]:
    """The total and the users that meet all conditions, neither with the built-in administrator.

    Before 2.6.0 the total counted it, and a query for ids by name found it.
    """
    everybody = store.present(*id_span(conditions))
    asks_for_ids = any(key.lower() in ("user_id", "user_id__in") for key in conditions)
    # Harbor sets these two itself, over whatever was asked.
    conditions = {key: each for key, each in conditions.items() if key not in ("deleted", "user_id__gt")}
    found = select(everybody, conditions, version, USERS)
    listed = [user for user in found if user.user_id > ADMIN_ID]
    if version.total_excludes_admin:
        return len(listed), listed
    return len(found), found if asks_for_ids else listed


@operation("GET", "/users/search", *PAGING, Parameter("username", required=True))
def search_users(call: Call) -> Response:
    call.caller.require_login()
    wanted = call.text("username")
    page, page_size = call.number("page"), call.number("page_size")
    version, store = call.harbor.version, call.harbor.store
    total, users = _count_and_list(store, {"username": Condition("contains", wanted)}, version)
    if not total:
        return json_response([], X_Total_Count="0")
    if version.search_reads_raw:
        rows = _raw_search(store, wanted, page_size)
    else:
        rows = page_of(sorted_by(users, "", USERS), page, page_size)
        if version.search_sorts_page:
            rows.sort(key=lambda user: (user.username != wanted, len(user.username.encode()), user.username))
    link = links(call.request, total, page, page_size)
    return json_response([shown(row, "user_id", "username") for row in rows], X_Total_Count=str(total), Link=link)


def _raw_search(store: Store, wanted: str, limit: int) -> list[User]:
    """Since 2.14.2: SQL's wildcards work, case matters, the administrator is found, and there is one page."""
    if limit < 0:
        raise DatabaseError("LIMIT must not be negative")
    matches = like(f"%{wanted}%")
    found = [user for user in store.present() if matches(user.username)]
    return sorted(found, key=lambda user: (len(user.username), user.username))[:limit]


# -- the caller --------------------------------------------------------------------------------------------------------


@operation("GET", "/users/current")
def get_current_user(call: Call) -> Response:
    call.caller.require_login()
    if call.caller.user is None:
        raise precondition(f"get current user not available for security context: {call.caller.kind}")
    return _user_response(call, call.caller.user.user_id)


@operation("GET", "/users/current/permissions", Parameter("relative", "bool", False), Parameter("scope"))
def get_permissions(call: Call) -> Response:
    call.caller.require_login()
    scope = call.text("scope")
    held: list[tuple[str, str]] = []
    project_id = project_of_scope(scope)
    if scope.startswith("/system"):
        held = list(SYSTEM) if call.caller.is_sysadmin else []
    elif project_id is not None:
        permissions = call.caller.permissions_in(call.harbor.store.projects.by_id.get(project_id))
        root = f"/project/{project_id}"
        known = sorted(permissions.intersection(IN_PROJECT))
        held = [(f"{root}/{resource}".removesuffix("/."), action) for resource, action in known]
    if call.parameters["relative"]:
        within = [(resource, action) for resource, action in held if resource.startswith(scope)]
        held = [(resource.removeprefix(scope).removeprefix("/") or ".", action) for resource, action in within]
    return json_response([{"action": action, "resource": resource} for resource, action in held])


# -- one user ----------------------------------------------------------------------------------------------------------


@operation("GET", "/users/{user_id}")
def get_user(call: Call) -> Response:
    _require_access(call, "read", "Not authorized to read user: {}")
    return _user_response(call, call.number("user_id"))


@operation("PUT", "/users/{user_id}", body=Body("profile", texts("UserProfile", "comment", "email", "realname")))
def update_profile(call: Call) -> Response:
    _require_modifiable(call)
    email, realname, comment = call.texts("email", "realname", "comment")
    _check_profile(email, realname, comment, None, call.harbor.version)
    call.harbor.store.update_profile(call.number("user_id"), email, realname, comment)
    return Response(200)


@operation(
    "PUT", "/users/{user_id}/password", body=Body("password", texts("PasswordReq", "new_password", "old_password"))
)
def update_password(call: Call) -> Response:
    _require_modifiable(call)
    user_id, store = call.number("user_id"), call.harbor.store
    new, old = call.texts("new_password", "old_password")
    is_self = call.caller.authenticated and call.caller.is_user(user_id)
    if is_self and not store.verifies(call.caller.name, old):
        raise forbidden("Current password is incorrect")
    _check_secret(new, call.harbor.version)
    user = store.get(user_id)
    if store.verifies(user.username, new):
        raise bad_request("New password is identical to old password")
    store.update_password(user, new)
    return Response(200)


@operation(
    "PUT",
    "/users/{user_id}/sysadmin",
    body=Body("sysadminFlag", Struct("models.UserSysAdminFlag", {"sysadmin_flag": "bool"})),
)
def set_sysadmin(call: Call) -> Response:
    call.caller.require("update")
    call.harbor.store.update_sysadmin(call.number("user_id"), call.body.get("sysadmin_flag") is True)
    return Response(200)


@operation("DELETE", "/users/{user_id}")
def delete_user(call: Call) -> Response:
    user_id = call.number("user_id")
    if call.harbor.version.asks_for_self_first:
        call.caller.require("delete")
    else:
        call.caller.require_login()
        if not call.caller.is_sysadmin:
            raise forbidden("Not authorized to delete users")
    if user_id == ADMIN_ID or call.caller.is_user(user_id):
        raise forbidden(f"User with ID {user_id} cannot be deleted")
    call.harbor.store.delete(user_id)
    if call.harbor.settings.auth_mode == "oidc_auth":
        call.harbor.store.users[user_id].oidc = None
    return Response(200)


@operation("PUT", "/users/{user_id}/cli_secret", body=Body("secret", texts("OIDCCliSecretReq", "secret")))
def set_cli_secret(call: Call) -> Response:
    auth_mode = call.harbor.settings.auth_mode
    if auth_mode != "oidc_auth":
        raise precondition(f"unable to update CLI secret under authmode: {auth_mode}")
    _require_access(call, "update", "Not authorized to update the CLI secret for user: {}")
    secret = call.texts("secret")[0] or "Aa0" + secrets.token_hex(8)  # a random one passes Harbor's own check
    _check_secret(secret, call.harbor.version)
    user_id = call.number("user_id")
    user = call.harbor.store.row(user_id)
    if user is None or user.oidc is None:
        raise not_found(f"oidc info for user {user_id} not found")
    user.oidc.secret = secret
    user.oidc.update_time = call.harbor.clock.time()
    return Response(200)


# -- access ------------------------------------------------------------------------------------------------------------


def _require_access(call: Call, action: str, old_message: str) -> None:
    """The caller's own id is fine; everything else requires an administrator."""
    user_id = call.number("user_id")
    if call.harbor.version.asks_for_self_first:
        if not call.caller.is_user(user_id):
            call.caller.require(action)
        return
    call.caller.require_login()
    if not call.caller.is_user(user_id) and not call.caller.is_sysadmin:
        raise forbidden(old_message.format(user_id))


def _require_modifiable(call: Call) -> None:
    """As `_require_access` in db_auth; in other modes only the built-in administrator can be changed."""
    if call.harbor.settings.auth_mode == "db_auth":
        _require_access(call, "update", _CANNOT_UPDATE)
        return
    asks_for_self_first = call.harbor.version.asks_for_self_first
    if not asks_for_self_first:
        call.caller.require_login()
    user_id = call.number("user_id")
    if user_id != ADMIN_ID or not (asks_for_self_first or call.caller.is_sysadmin):
        raise forbidden(_CANNOT_UPDATE.format(user_id))
    call.caller.require("update")


# -- what is accepted: lengths are in bytes of UTF-8, as Go counts -----------------------------------------------------


def _check_secret(secret: str, version: Version) -> None:
    """Refuse a weak password or CLI secret."""
    length = len(secret.encode())
    long_enough = 8 <= length <= 128 if version.caps_passwords else length >= 8
    if long_enough and all(re.search(kind, secret) for kind in ("[a-z]", "[A-Z]", "[0-9]")):
        return
    size = "8-128, inclusively, characters long" if version.caps_passwords else "longer than 8 chars"
    raise bad_request(
        f"the password or secret must be {size} with at least 1 uppercase letter, 1 lowercase letter and 1 number"
    )


def _check_profile(email: str, realname: str, comment: str, username: str | None, version: Version) -> None:
    """Refuse what Harbor refuses in a profile; `username` is None in an update, which cannot change it."""
    refuse(
        (not email, "email can't be empty"),
        (not _EMAIL.fullmatch(email), "email with illegal format"),
        *_name_checks("realname", realname, version),
        (len(comment.encode()) > 30, "comment with illegal length"),
        *(_name_checks("username", username, version) if username is not None and version.checks_username else ()),
    )


def _name_checks(field: str, name: str, version: Version) -> tuple[tuple[object, str], ...]:
    return (
        (not 1 <= len(name.encode()) <= 255, f"{field} with illegal length"),
        (set(name) & set(version.illegal_characters), f"{field} contains illegal characters"),
    )


# -- how a user is shown -----------------------------------------------------------------------------------------------


def _user_response(call: Call, user_id: int) -> Response:
    user = call.harbor.store.get(user_id)
    shown_as = shown_user(user)
    if call.harbor.settings.auth_mode == "oidc_auth" and user_id > ADMIN_ID:
        if user.oidc is None:
            raise DatabaseError(f"oidc info for user {user_id} not found")
        shown_as["oidc_user_meta"] = {
            **shown(user.oidc, "creation_time", "update_time", "secret", "subiss"),
            "id": user.oidc.meta_id,
            "user_id": user_id,
        }
    return json_response(shown_as)


def shown(row: object, *names: str) -> dict[str, object]:
    """Attributes of a row as JSON: times in Harbor's form, what is empty left out."""
    values = {name: getattr(row, name) for name in names}
    return {
        name: shown_time(value) if name.endswith("_time") else value
        for name, value in values.items()
        if value not in ("", None)
    }


def shown_user(user: User) -> dict[str, object]:
    texts = ("comment", "email", "realname", "username")
    return {
        "admin_role_in_auth": False,
        **shown(user, "user_id", "sysadmin_flag", "creation_time", "update_time", *texts),
    }


def shown_time(seconds: float) -> str:
    """Three digits of a second, never rounded up."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
