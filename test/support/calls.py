"""The eleven operations as a table, each with a call that is right and the response that a healthy Harbor gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import harbor_client
from support.faultserver import reply, user

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Call:
    """One operation, called rightly."""

    name: str
    method: str
    path: str
    """What follows the base path, with its query."""
    arguments: Callable[[], Arguments]
    response: bytes

    @property
    def write(self) -> bool:
        return self.method != "GET"

    def make(self, api: harbor_client.UserApi, **options: Any) -> Any:
        """Do it."""
        return getattr(api, self.name)(*self.arguments(), **options)

    def __str__(self) -> str:
        return self.name


def profile() -> harbor_client.UserProfile:
    return harbor_client.UserProfile(email="alice@example.com", realname="Alice", comment="c")


def creation() -> harbor_client.UserCreationReq:
    return harbor_client.UserCreationReq(
        username="alice", email="alice@example.com", realname="Alice", password="Passw0rd1", comment="c"
    )


def passwords() -> harbor_client.PasswordReq:
    return harbor_client.PasswordReq(old_password="Passw0rd1", new_password="Passw0rd2")


EMPTY = reply()
CREATED = reply(b"", 201, "Location: /api/v2.0/users/3")

CALLS = (
    Call("create_user", "POST", "/users", lambda: (creation(),), CREATED),
    Call("delete_user", "DELETE", "/users/3", lambda: (3,), EMPTY),
    Call("get_current_user_info", "GET", "/users/current", tuple, reply(user())),
    Call(
        "get_current_user_permissions",
        "GET",
        "/users/current/permissions",
        tuple,
        reply([{"action": "read", "resource": "/system/user"}]),
    ),
    Call("get_user", "GET", "/users/3", lambda: (3,), reply(user())),
    Call("list_users", "GET", "/users", tuple, reply([user(), user(4, "bob")], 200, "X-Total-Count: 2")),
    Call(
        "search_users",
        "GET",
        "/users/search?username=ali",
        lambda: ("ali",),
        reply([{"user_id": 3, "username": "alice"}], 200, "X-Total-Count: 1"),
    ),
    Call(
        "set_cli_secret",
        "PUT",
        "/users/3/cli_secret",
        lambda: (3, harbor_client.OIDCCliSecretReq(secret="Secret123")),
        EMPTY,
    ),
    Call(
        "set_user_sys_admin",
        "PUT",
        "/users/3/sysadmin",
        lambda: (3, harbor_client.UserSysAdminFlag(sysadmin_flag=True)),
        EMPTY,
    ),
    Call("update_user_password", "PUT", "/users/3/password", lambda: (3, passwords()), EMPTY),
    Call("update_user_profile", "PUT", "/users/3", lambda: (3, profile()), EMPTY),
)

BY_NAME = {call.name: call for call in CALLS}
READS = tuple(call for call in CALLS if not call.write)
WRITES = tuple(call for call in CALLS if call.write)

#: A write whose body does not fit into the buffers between client and server.
LARGE = Call(
    "update_user_profile",
    "PUT",
    "/users/3",
    lambda: (3, harbor_client.UserProfile(email="a@b.co", realname="A", comment="x" * 6_000_000)),
    reply(),
)
