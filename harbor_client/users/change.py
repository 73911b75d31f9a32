"""What is wanted of a user, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

MASK = "***"

Action = Literal["created", "changed", "unchanged", "removed", "failed"]
State = Literal["present", "absent"]
UpdatePassword = Literal["on_create", "always"]
OnError = Literal["stop", "continue"]


class Generate:
    """The type of :data:`GENERATE`."""

    def __repr__(self) -> str:
        return "GENERATE"

    def __reduce__(self) -> str:
        return "GENERATE"


#: In the place of a password: make one (:func:`harbor_client.passwords.generate`) and return it in the result.
GENERATE = Generate()


@dataclass(frozen=True)
class UserRow:
    """The wanted state of one user. ``None`` leaves alone what is there; ``comment=""`` empties the comment.

    Attributes:
        username: the exact name; upper and lower case are different users.
        email: needed for a new user; no two users share one.
        realname: a new user without one gets the user name.
        comment: at most 30 bytes in UTF-8.
        password: a text, or ``GENERATE``. Of a user who is there already it is changed only with
            ``update_password="always"``.
        sysadmin_flag: whether the user is a system administrator.
        state: ``"present"`` or ``"absent"``.
    """

    username: str
    email: str | None = None
    realname: str | None = None
    comment: str | None = None
    password: str | Generate | None = field(default=None, repr=False)
    sysadmin_flag: bool | None = None
    state: State = "present"


@dataclass(frozen=True)
class Change:
    """What was done for one user, or would be done (``dry_run``).

    ``print(change)`` gives a line as in a diff, with secrets masked; so does ``repr``. The attribute ``password`` and a
    pickle hold the real one.

    Attributes:
        action: ``"created"``, ``"changed"``, ``"unchanged"``, ``"removed"`` or ``"failed"``.
        username: the user's name; ``""`` for a row that has none.
        user_id: the id; ``None`` for a user who is not there, or not yet.
        fields: the fields that changed, each with its value before and after. A password is masked here.
        password: the password that was generated, also if it failed and may have been set; else ``None``. It is
            nowhere else: keep it or lose it.
        error: why it failed.
        row: the number of the row, from 1, where there are rows.
        dry_run: nothing was sent.
    """

    action: Action
    username: str
    user_id: int | None = None
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)
    error: Exception | None = None
    row: int | None = None
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        """Whether the user is now as wanted."""
        return self.action != "failed"

    def __repr__(self) -> str:
        shown = [f"action={self.action!r}", f"username={self.username!r}", f"user_id={self.user_id!r}"]
        shown += [f"fields={self.fields!r}"] if self.fields else []
        shown += [f"password={MASK!r}"] if self.password is not None else []
        shown += [f"error={self.error!r}"] if self.error is not None else []
        shown += [f"row={self.row!r}"] if self.row is not None else []
        shown += ["dry_run=True"] if self.dry_run else []
        return f"Change({', '.join(shown)})"

    def __str__(self) -> str:
        if self.action == "created":
            details = ", ".join(f"{name}={new!r}" for name, (_, new) in self.fields.items())
        elif self.action == "changed":
            details = ", ".join(
                name if name == "password" else f"{name}: {old!r} -> {new!r}"
                for name, (old, new) in self.fields.items()
            )
        else:
            details = _first_line(self.error) if self.error is not None else ""
        unnamed = f"(row {self.row})" if self.user_id is None else f"user {self.user_id}"
        line = f"{_SIGNS[self.action]} {self.username or unnamed}"
        return f"{line}  {details}" if details else line

    def numbered(self, row: int) -> Change:
        """The same, of this row."""
        return replace(self, row=row)


_SIGNS = {"created": "+", "changed": "~", "unchanged": "=", "removed": "-", "failed": "!"}


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or getattr(error, "reason", None)
    if message:
        status, hint = getattr(error, "status", None), getattr(error, "hint", None)
        return f"{f'({status}) ' if status else ''}{message}{f' - {hint}' if hint else ''}"
    return (str(error).splitlines() or [type(error).__name__])[0]
