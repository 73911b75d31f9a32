"""The operations: what Harbor's handlers of the users API (and of its configuration) do.

Each takes a `Call` and gives a `Response`, or raises. The checks stand in Harbor's order, for the order decides which
error a caller sees.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timezone

from ._binding import Bound
from ._callers import Anonymous, Caller, UserCaller
from ._clock import Clock
from ._columns import like
from ._errors import DatabaseError, bad_request, forbidden, not_found, precondition, unauthorized
from ._messages import Request, Response, json_response
from ._paging import links, page_of
from ._permissions import ROLES, project_of_scope
from ._query import Condition, Contains, id_span, parse_q, select, sorted_by
from ._rules import check_profile, check_secret
from ._settings import Settings
from ._store import ADMIN_ID, OIDCMeta, Store, User
from ._versions import Version

__all__ = ["Call", "Operations", "shown_user"]

_CANNOT_UPDATE = "User with ID {} can't be updated"


class Call:
    """One request that has reached its operation."""

    __slots__ = ("bound", "caller", "has_session", "request")

    def __init__(self, request: Request, caller: Caller, bound: Bound, has_session: bool) -> None:
        self.request = request
        self.caller = caller
        self.bound = bound
        self.has_session = has_session

    def text(self, field: str) -> str:
        """A text field of the body, empty when it was not given."""
        return str(self.bound.body.get(field, ""))

    def number(self, parameter: str) -> int:
        """An integer of the query."""
        return int(self.bound.query[parameter])


class Operations:
    """All operations of one fake Harbor."""

    def __init__(self, store: Store, settings: Settings, version: Version, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._version = version
        self._clock = clock

    # -- the collection --------------------------------------------------------------------------------------------

    def create_user(self, call: Call) -> Response:
        self._require_creatable(call)
        password = call.text("password")
        check_secret(password, self._version)
        username, email, realname, comment = (
            call.text(field) for field in ("username", "email", "realname", "comment")
        )
        check_profile(email, realname, comment, username, self._version)
        user = self._store.insert(username, email, realname, comment)
        self._store.set_password(user, password)
        return Response(201, headers={"Location": f"{call.request.path.rstrip('/')}/{user.user_id}"})

    def _require_creatable(self, call: Call) -> None:
        if self._settings.auth_mode != "db_auth":
            raise forbidden(f"creating local user is not allowed under auth mode: {self._settings.auth_mode}")
        if not self._settings.self_registration:
            call.caller.require("create")
        elif not call.has_session and not (call.caller.authenticated and call.caller.may("create")):
            raise forbidden("self-registration cannot be triggered via API")

    def list_users(self, call: Call) -> Response:
        call.caller.require("list")
        conditions = parse_q(str(call.bound.query["q"]))
        # Harbor also takes these two outside of `q`, as "contains".
        outside = dict(reversed(call.request.pairs()))
        conditions.update({key: Contains(outside[key]) for key in ("username", "email") if outside.get(key)})
        page, page_size = call.number("page"), call.number("page_size")
        total, users = self._count_and_list(conditions)
        rows = page_of(sorted_by(users, str(call.bound.query["sort"])), page, page_size)
        return json_response(
            [shown_user(user) for user in rows],
            X_Total_Count=str(total),
            Link=links(call.request, total, page, page_size),
        )

    def _count_and_list(self, conditions: dict[str, Condition]) -> tuple[int, list[User]]:
        """The total and the users that meet all conditions, neither with the built-in administrator.

        Before 2.6.0 the total counted it, and who asked for ids by name found it.
        """
        everybody = self._store.present(*id_span(conditions))
        asks_for_ids = any(key.lower() in ("user_id", "user_id__in") for key in conditions)
        # Harbor sets these two itself, over whatever was asked.
        conditions = {key: each for key, each in conditions.items() if key not in ("deleted", "user_id__gt")}
        found = select(everybody, conditions, self._version)
        listed = [user for user in found if user.user_id > ADMIN_ID]
        if self._version.total_excludes_admin:
            return len(listed), listed
        return len(found), found if asks_for_ids else listed

    def search_users(self, call: Call) -> Response:
        _require_authenticated(call.caller)
        wanted = str(call.bound.query["username"])
        page, page_size = call.number("page"), call.number("page_size")
        total, users = self._count_and_list({"username": Contains(wanted)})
        if not total:
            return json_response([], X_Total_Count="0")
        if self._version.search_reads_raw:
            rows = self._raw_search(wanted, page_size)
        else:
            rows = page_of(sorted_by(users, ""), page, page_size)
            if self._version.search_sorts_page:
                rows.sort(key=lambda user: (user.username != wanted, len(user.username.encode()), user.username))
        return json_response(
            [{"user_id": user.user_id, "username": user.username} for user in rows],
            X_Total_Count=str(total),
            Link=links(call.request, total, page, page_size),
        )

    def _raw_search(self, wanted: str, limit: int) -> list[User]:
        """Since 2.14.2: SQL's wildcards work, case matters, the administrator is found, and there is one page."""
        if limit < 0:
            raise DatabaseError("LIMIT must not be negative")
        matches = like(f"%{wanted}%")
        found = [user for user in self._store.present() if matches(user.username)]
        return sorted(found, key=lambda user: (len(user.username), user.username))[:limit]

    # -- the caller ------------------------------------------------------------------------------------------------

    def get_current_user(self, call: Call) -> Response:
        _require_authenticated(call.caller)
        if not isinstance(call.caller, UserCaller):
            raise precondition(f"get current user not available for security context: {call.caller.kind}")
        return self._user_response(call.caller.user.user_id)

    def get_permissions(self, call: Call) -> Response:
        _require_authenticated(call.caller)
        scope = str(call.bound.query["scope"])
        held: list[tuple[str, str]] = []
        project_id = project_of_scope(scope)
        if scope.startswith("/system"):
            held = list(call.caller.system_permissions())
        elif project_id is not None:
            permissions = call.caller.project_permissions(project_id, self._store.projects.get(project_id))
            root = f"/project/{project_id}"
            held = [
                (root if resource == "." else f"{root}/{resource}", action)
                for resource, action in ROLES["projectAdmin"]
                if (resource, action) in permissions
            ]
        if call.bound.query["relative"]:
            held = [
                (resource.removeprefix(scope).removeprefix("/") or ".", action)
                for resource, action in held
                if resource.startswith(scope)
            ]
        return json_response([{"action": action, "resource": resource} for resource, action in held])

    # -- one user --------------------------------------------------------------------------------------------------

    def get_user(self, call: Call) -> Response:
        self._require_access(call, "read", "Not authorized to read user: {}")
        return self._user_response(call.bound.user_id)

    def update_profile(self, call: Call) -> Response:
        self._require_modifiable(call)
        email, realname, comment = (call.text(field) for field in ("email", "realname", "comment"))
        check_profile(email, realname, comment, None, self._version)
        self._store.update_profile(call.bound.user_id, email, realname, comment)
        return Response(200)

    def update_password(self, call: Call) -> Response:
        self._require_modifiable(call)
        new = call.text("new_password")
        is_self = isinstance(call.caller, UserCaller) and call.caller.is_user(call.bound.user_id)
        if is_self and not self._verifies(call.caller.name, call.text("old_password")):
            raise forbidden("Current password is incorrect")
        check_secret(new, self._version)
        user = self._store.get(call.bound.user_id)
        if self._verifies(user.username, new):
            raise bad_request("New password is identical to old password")
        self._store.update_password(user, new)
        return Response(200)

    def _verifies(self, principal: str, password: str) -> bool:
        return any(self._store.has_password(user, password) for user in self._store.matching(principal))

    def set_sysadmin(self, call: Call) -> Response:
        call.caller.require("update")
        self._store.update_sysadmin(call.bound.user_id, call.bound.body.get("sysadmin_flag") is True)
        return Response(200)

    def delete_user(self, call: Call) -> Response:
        user_id = call.bound.user_id
        if self._version.asks_for_self_first:
            call.caller.require("delete")
        else:
            _require_authenticated(call.caller)
            if not call.caller.may_by_plain_name():
                raise forbidden("Not authorized to delete users")
        if user_id == ADMIN_ID or call.caller.is_user(user_id):
            raise forbidden(f"User with ID {user_id} cannot be deleted")
        self._store.delete(user_id)
        if self._settings.auth_mode == "oidc_auth":
            self._store.users[user_id].oidc = None
        return Response(200)

    def set_cli_secret(self, call: Call) -> Response:
        if self._settings.auth_mode != "oidc_auth":
            raise precondition(f"unable to update CLI secret under authmode: {self._settings.auth_mode}")
        self._require_access(call, "update", "Not authorized to update the CLI secret for user: {}")
        secret = call.text("secret") or _random_secret()
        check_secret(secret, self._version)
        user = self._store.row(call.bound.user_id)
        if user is None or user.oidc is None:
            raise not_found(f"oidc info for user {call.bound.user_id} not found")
        user.oidc.secret = secret
        user.oidc.update_time = self._clock.time()
        return Response(200)

    # -- the configuration -----------------------------------------------------------------------------------------

    def get_configurations(self, call: Call) -> Response:
        call.caller.require("read", "configuration")
        return json_response(self._settings.shown(self._users_exist()))

    def update_configurations(self, call: Call) -> Response:
        call.caller.require("update", "configuration")
        self._settings.update(call.bound.body, self._users_exist())
        return Response(200)

    def _users_exist(self) -> bool:
        return any(user.user_id != ADMIN_ID for user in self._store.present())

    # -- access ----------------------------------------------------------------------------------------------------

    def _require_access(self, call: Call, action: str, old_message: str) -> None:
        """The caller's own id is fine, everything else takes an administrator."""
        user_id = call.bound.user_id
        if self._version.asks_for_self_first:
            if not call.caller.is_user(user_id):
                call.caller.require(action)
            return
        _require_authenticated(call.caller)
        if not call.caller.is_user(user_id) and not call.caller.may_by_plain_name():
            raise forbidden(old_message.format(user_id))

    def _require_modifiable(self, call: Call) -> None:
        """As `_require_access` in db_auth; in other modes only the built-in administrator can be changed."""
        if self._settings.auth_mode == "db_auth":
            self._require_access(call, "update", _CANNOT_UPDATE)
            return
        if not self._version.asks_for_self_first:
            _require_authenticated(call.caller)
        allowed = self._version.asks_for_self_first or call.caller.may_by_plain_name()
        if call.bound.user_id != ADMIN_ID or not allowed:
            raise forbidden(_CANNOT_UPDATE.format(call.bound.user_id))
        call.caller.require("update")

    # -- how a user is shown ---------------------------------------------------------------------------------------

    def _user_response(self, user_id: int) -> Response:
        user = self._store.get(user_id)
        shown = shown_user(user)
        if self._settings.auth_mode == "oidc_auth" and user_id > ADMIN_ID:
            if user.oidc is None:
                raise DatabaseError(f"oidc info for user {user_id} not found")
            shown["oidc_user_meta"] = _shown_oidc(user.oidc, user_id)
            shown = dict(sorted(shown.items()))
        return json_response(shown)


def shown_user(user: User) -> dict[str, object]:
    """A user as JSON, keys in order; what is empty is left out."""
    shown: dict[str, object] = {"admin_role_in_auth": False}
    if user.comment:
        shown["comment"] = user.comment
    shown["creation_time"] = _shown_time(user.creation_time)
    if user.email:
        shown["email"] = user.email
    if user.realname:
        shown["realname"] = user.realname
    shown["sysadmin_flag"] = user.sysadmin_flag
    shown["update_time"] = _shown_time(user.update_time)
    shown["user_id"] = user.user_id
    if user.username:
        shown["username"] = user.username
    return shown


def _require_authenticated(caller: Caller) -> None:
    if isinstance(caller, Anonymous):
        raise unauthorized()


def _random_secret() -> str:
    """A CLI secret that passes Harbor's own check."""
    return "Aa0" + secrets.token_hex(8)


def _shown_time(seconds: float) -> str:
    """Three digits of a second, never rounded up."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _shown_oidc(meta: OIDCMeta, user_id: int) -> dict[str, object]:
    shown: dict[str, object] = {
        "creation_time": _shown_time(meta.creation_time),
        "id": meta.meta_id,
        "secret": meta.secret,
        "subiss": meta.subiss,
        "update_time": _shown_time(meta.update_time),
        "user_id": user_id,
    }
    return {name: value for name, value in shown.items() if value != ""}
