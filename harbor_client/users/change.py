"""The wanted state of a user, and what was done to reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from harbor_client.users.sink import OnPassword

Action = Literal["created", "changed", "unchanged", "removed", "not_found", "failed"]
State = Literal["present", "absent"]
UpdatePassword = Literal["on_create", "always"]
OnError = Literal["stop", "continue"]
Missing = Literal["report", "error"]
#: A project by name (``str``, even if it consists of digits) or by ID (``int``).
Project: TypeAlias = str | int
#: Roles by project, as text or as a mapping.
Roles: TypeAlias = str | Mapping[str, str | int] | Mapping[int, str | int]


class _Word:
    def __repr__(self) -> str:
        return type(self).__name__.upper()

    def __reduce__(self) -> str:
        return repr(self)  # a pickle holds the name: there is one only


class Generate(_Word):
    """The type of :data:`GENERATE`."""


class Clear(_Word):
    """The type of :data:`CLEAR`."""


#: In place of a password: generate one (see :func:`harbor_client.passwords.generate`).
GENERATE = Generate()
#: In place of a comment: erase it. In a file the word ``CLEAR`` does the same.
CLEAR = Clear()


@dataclass(frozen=True)
class UserRow:
    """The desired state of one user. ``None`` and ``""`` leave a field as it is.

    Attributes:
        username: the exact name, spaces included (case-sensitive). Without it, the row stands for the existing user
            with this ``email``.
        email: the email address, required for a new user; no two users share one.
        realname: the full name; for a new user, the username by default.
        comment: at most 30 bytes in UTF-8; ``CLEAR`` erases it.
        password: a ``str``, or ``GENERATE``. The password of an existing user is changed only with
            ``update_password="always"``.
        sysadmin_flag: whether the user is a system administrator.
        state: ``"present"`` or ``"absent"``.
        roles: roles by project: ``"library=developer; team-a=guest"``, or a mapping from project names (``str``) or IDs
            (``int``), not both, to roles. ``none`` takes a role away. Projects that are not named are left alone.
    """

    username: str = ""
    _: KW_ONLY
    email: str | None = None
    realname: str | None = None
    comment: str | Clear | None = None
    password: str | Generate | None = field(default=None, repr=False)
    sysadmin_flag: bool | None = None
    state: State = "present"
    roles: Roles | None = None


del UserRow.__annotations__["_"]  # not an attribute; typing.get_type_hints of Python 3.10 fails on it


@dataclass(frozen=True)
class Options:
    """How users are brought into the wanted state; see :meth:`harbor_client.users.Users.apply`."""

    update_password: UpdatePassword = "on_create"
    generate_passwords: bool = False
    on_password: OnPassword | None = None
    missing: Missing = "report"
    dry_run: bool = False
    on_error: OnError = "stop"

    def __post_init__(self) -> None:
        for name, words in (("update_password", UpdatePassword), ("missing", Missing), ("on_error", OnError)):
            if getattr(self, name) not in get_args(words):  # it is not quoted, because it may well be a password
                raise ValueError(f"{name} is {' or '.join(map(repr, get_args(words)))}")
        if not (self.on_password is None or callable(self.on_password)):
            raise TypeError("on_password must be a function, such as PasswordFile('new.csv')")
        if self.generate_passwords:
            self.sink()

    def sink(self) -> OnPassword:
        """Who gets generated passwords; ``ValueError`` if nobody does."""
        if self.on_password is None and not self.dry_run:
            raise ValueError("the generated password would be lost: pass on_password=PasswordFile(…) (--passwords)")
        return self.on_password or (lambda *_: None)


@dataclass(frozen=True)
class Change:
    """What was done for one user, or would be done (``dry_run``).

    ``str(change)`` is a line as in a diff. A change contains no password.

    Attributes:
        action: ``"created"``, ``"changed"``, ``"unchanged"``, ``"removed"``, ``"not_found"`` (there was nobody to
            remove) or ``"failed"``.
        username: the username. For a row without one whose user does not exist, the address.
        user_id: the ID, or ``None`` for a user who does not exist.
        fields: the fields that changed, each with its values before and after. Passwords are masked.
        error: the reason for a failure.
        row: the number of the row, from 1, if the change belongs to a row.
        dry_run: whether the change was only computed.
        hint: further information, such as whose address was given instead of a name.
        request_id: the last ``X-Request-Id`` sent, if :class:`~harbor_client.users.Users` sets one.
    """

    action: Action
    username: str
    user_id: int | None = None
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    error: Exception | None = None
    row: int | None = None
    dry_run: bool = False
    hint: str | None = None
    request_id: str | None = None

    @property
    def ok(self) -> bool:
        """False for a failure, otherwise True."""
        return self.action != "failed"

    def to_dict(self) -> dict[str, Any]:
        """The change, ready for JSON; an error is its text."""
        fields = {name: list(both) for name, both in self.fields.items()}
        return {**vars(self), "fields": fields, "error": None if self.error is None else describe(self.error)}

    def __str__(self) -> str:
        details = []
        if self.error is not None:
            done = f" (done before: {', '.join(self.fields)})" if self.fields and not self.dry_run else ""
            details.append(f"{describe(self.error)}{done}")
        elif self.action == "created":
            details.append(", ".join(f"{name}={new!r}" for name, (_, new) in self.fields.items()))
        elif self.action == "changed":
            both = {name: f": {old!r} -> {new!r}" for name, (old, new) in self.fields.items()}
            details.append(", ".join(f"{name}{'' if name == 'password' else change}" for name, change in both.items()))
        elif self.action == "not_found":
            details.append("not found")
        if self.hint:
            details.append(self.hint)
        unnamed = f"(row {self.row})" if self.user_id is None else f"user {self.user_id}"
        name = self.username if self.username.isprintable() else repr(self.username)
        line = f"{_SIGNS[self.action]} {name or unnamed}"
        return f"{line}  {' - '.join(details)}" if details else line


_SIGNS = {"created": "+", "changed": "~", "unchanged": "=", "removed": "-", "not_found": "?", "failed": "!"}


def describe(error: Exception) -> str:
    """An error on one line."""
    message = getattr(error, "message", None) or getattr(error, "reason", None)
    status, hint = getattr(error, "status", None), getattr(error, "hint", None)
    if not message:
        return (str(error).splitlines() or [type(error).__name__])[0]
    words = f"({status}) {message}" if status else f"{message}"
    return f"{words} - {hint}" if hint else words
