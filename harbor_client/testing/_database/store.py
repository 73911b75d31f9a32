"""Harbor's tables of users and robots, in memory, with the database's own rules.

This module enforces what PostgreSQL enforces in a real Harbor: unique usernames and emails, ids that a failed insert
uses up, deletion that only hides a row, and columns of limited length.
"""

import hashlib
import hmac
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from .._errors import DatabaseError, conflict, not_found
from .._go.text import to_bytes, to_text
from .._versions import Version
from .projects import INT32, Projects

ADMIN_ID: Final = 1
_LONGEST = {"username": 255, "email": 255, "realname": 255, "comment": 30}


@dataclass(slots=True, eq=False)
class OIDCMeta:
    """What Harbor keeps of a user who came from an OpenID Connect provider. `secret` is kept in clear, since Harbor's
    API shows it."""

    meta_id: int
    subiss: str
    secret: str
    creation_time: float
    update_time: float


@dataclass(slots=True, eq=False)
class User:
    """A row of the table of users."""

    user_id: int
    username: str
    email: str | None
    realname: str
    comment: str
    creation_time: float
    update_time: float
    password: str = ""
    salt: str = ""
    password_version: str = ""
    reset_uuid: str = ""
    sysadmin_flag: bool = False
    deleted: bool = False
    oidc: OIDCMeta | None = None


@dataclass(slots=True, eq=False)
class Robot:
    """A robot account, with its permissions as the API takes them: kind, namespace, and access."""

    robot_id: int
    name: str
    level: str
    permissions: list[dict[str, Any]]
    creation_time: float
    password: str = ""
    salt: str = ""


class Store:
    """All tables. Hold `lock` around every use."""

    def __init__(self, now: Callable[[], float], version: Version, admin_password: str) -> None:
        self.lock = threading.RLock()
        self._now = now
        self._version = version
        self._pepper = os.urandom(32)
        #: The id that the next insert takes, whether it succeeds or not.
        self.next_id = ADMIN_ID
        self._next_oidc_id = 1
        self.users: dict[int, User] = {}
        self._usernames: dict[str, User] = {}
        self._emails: dict[str, User] = {}
        self.robots: dict[str, Robot] = {}
        self._seed(admin_password)
        self.projects = Projects(now, ADMIN_ID)

    def _seed(self, admin_password: str) -> None:
        """The two rows that Harbor's first migration brings."""
        admin = self.insert("admin", "", "system admin", "admin user")
        admin.sysadmin_flag = True
        self.set_password(admin, admin_password)
        anonymous = self.insert("anonymous", "", "anonymous user", "anonymous user")
        anonymous.deleted = True

    # -- reading ---------------------------------------------------------------------------------------------------

    def get(self, user_id: int) -> User:
        """The user with this id, who must not be deleted."""
        user = self.row(user_id)
        if user is None or user.deleted:
            raise not_found(f"user {user_id} not found")
        return user

    def by_username(self, username: str) -> User | None:
        """The user of exactly this name."""
        user = self._usernames.get(username)
        return None if user is None or user.deleted else user

    def matching(self, principal: str) -> list[User]:
        """Who logs in as `principal`: whose username or email it is, ordered by username."""
        found = {id(user): user for user in (self._usernames.get(principal), self._emails.get(principal)) if user}
        return sorted((user for user in found.values() if not user.deleted), key=lambda user: user.username)

    def present(self, low: int | None = None, high: int | None = None) -> list[User]:
        """All users who are not deleted, in order of id, the admin included; on request only those from id `low` to
        id `high`."""
        first = ADMIN_ID if low is None else max(low, ADMIN_ID)
        last = self.next_id - 1 if high is None else min(high, self.next_id - 1)
        if last - first >= len(self.users):  # ids far apart
            return [user for user in self.users.values() if first <= user.user_id <= last and not user.deleted]
        found = map(self.users.get, range(first, last + 1))
        return [user for user in found if user is not None and not user.deleted]

    def row(self, user_id: int) -> User | None:
        """The row with this id, be it of a deleted user."""
        if user_id not in INT32:
            raise DatabaseError(f"{user_id} is out of range for integer")
        return self.users.get(user_id)

    # -- writing ---------------------------------------------------------------------------------------------------

    def insert(self, username: str, email: str, realname: str, comment: str) -> User:
        """Add a user. A name or email that is taken is a conflict, and costs an id all the same."""
        columns = {"username": username, "email": email, "realname": realname, "comment": comment}
        _check(columns)
        user_id = self.next_id
        self.next_id += 1
        if username in self._usernames or (email and email in self._emails):
            raise conflict(f"user {username} or email {email} already exists")
        now = self._now()
        user = User(user_id, username, email or None, realname, comment, now, now)
        self.users[user_id] = self._usernames[username] = user
        if email:
            self._emails[email] = user
        return user

    def update_profile(self, user_id: int, email: str, realname: str, comment: str) -> None:
        """Replace the three fields, also of a deleted user."""
        _check({"email": email, "realname": realname, "comment": comment})
        user = self._to_update(user_id)
        self._move(user, user.username, email or None)
        user.realname = realname
        user.comment = comment
        user.update_time = self._now()

    def update_sysadmin(self, user_id: int, flag: bool) -> None:
        """Promote or demote, also a deleted user."""
        user = self._to_update(user_id)
        user.sysadmin_flag = flag
        user.update_time = self._now()

    def update_password(self, user: User, password: str) -> None:
        self.set_password(user, password)
        user.update_time = self._now()

    def delete(self, user_id: int) -> None:
        """Hide the user and make the name and email free for others."""
        user = self.get(user_id)
        self._move(user, *(_truncate(text, f"#{user_id}") for text in (user.username, user.email or "")))
        user.deleted = True
        user.update_time = self._now()
        self.projects.keep_members(lambda member: (member.entity_type, member.entity_id) != ("u", user_id))

    def set_oidc(self, user: User, subiss: str, secret: str, meta_id: int | None = None) -> None:
        """Give a user the data of an OpenID Connect provider."""
        meta_id = self._next_oidc_id if meta_id is None else meta_id
        self._next_oidc_id = max(self._next_oidc_id, meta_id + 1)
        now = self._now()
        user.oidc = OIDCMeta(meta_id, subiss, secret, now, now)

    def add_robot(self, name: str, level: str, permissions: list[dict[str, Any]], secret: str) -> Robot:
        """Add a robot account; its full name has a prefix, and its project's name where it belongs to one."""
        prefix = "robot$" if level == "system" else f"robot${permissions[0].get('namespace', '')}+"
        if prefix + name in self.robots:
            raise conflict(f"there is a robot {prefix}{name} already")
        robot = Robot(len(self.robots) + 1, prefix + name, level, permissions, self._now())
        self.set_password(robot, secret)
        self.robots[robot.name] = robot
        return robot

    def _to_update(self, user_id: int) -> User:
        user = self.row(user_id)
        if user is None:
            raise not_found(f"user with id {user_id} not found")
        return user

    def _move(self, user: User, username: str, email: str | None) -> None:
        """Give a row its new name and email in the unique indexes."""
        indexes = ((self._usernames, user.username, username), (self._emails, user.email, email))
        if any(index.get(new or "", user) is not user for index, _, new in indexes):
            raise DatabaseError("duplicate name or email")
        for index, old, new in indexes:
            index.pop(old or "", None)
            if new is not None:
                index[new] = user
        user.username, user.email = username, email

    # -- passwords -------------------------------------------------------------------------------------------------

    def set_password(self, account: User | Robot, password: str) -> None:
        """Keep `password` as a salted hash. It is a fast one: a test server must not spend time on hashing, and the
        key dies with the process."""
        account.salt = os.urandom(8).hex()
        account.password = self._hash(password, account.salt)
        if isinstance(account, User):
            account.password_version = self._version.password_version

    def has_password(self, account: User | Robot, password: str) -> bool:
        if not account.password:
            return False
        return hmac.compare_digest(self._hash(password, account.salt), account.password)

    def verifies(self, principal: str, password: str) -> bool:
        """Whether somebody logs in with these."""
        return any(self.has_password(user, password) for user in self.matching(principal))

    def _hash(self, password: str, salt: str) -> str:
        return hashlib.blake2b(to_bytes(password), key=self._pepper, salt=salt.encode(), digest_size=32).hexdigest()


def _check(columns: dict[str, str]) -> None:
    """What PostgreSQL refuses before it looks at any row: a NUL, bytes that are not UTF-8, more characters than a
    column has."""
    for name, value in columns.items():
        if not is_storable(value):
            raise DatabaseError(f"invalid byte sequence in {name}")
        if len(value) > _LONGEST[name]:
            raise DatabaseError(f"value too long for {name}")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL takes a text at all, be it to store or to compare: it is UTF-8 and holds no NUL."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _truncate(text: str, suffix: str) -> str:
    """`text` and `suffix`, at most 255 bytes together. Harbor may cut a character in two; the database refuses that."""
    truncated = to_text(text.encode()[: 255 - len(suffix)]) + suffix
    if not is_storable(truncated):
        raise DatabaseError("invalid byte sequence")
    return truncated
