"""Finds rows that cannot be carried out: the same user twice, an address that is taken, or Harbor's settings."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from harbor_client import exceptions
from harbor_client.exceptions import RowError
from harbor_client.models import UserResp
from harbor_client.users.change import Change, UserRow
from harbor_client.users.check import system_info
from harbor_client.users.errors import NO_LOCAL_USERS, failure, held_by
from harbor_client.users.lookup import BUILT_IN, Lookup
from harbor_client.users.rows import Batch, Place

#: What Harbor changes only where users come from its own database.
_PROFILE = {"email", "realname", "comment", "password"}


class Step(NamedTuple):
    """A row and its result."""

    place: Place
    row: UserRow | RowError
    change: Change


def without_doubles(batch: Batch) -> Batch:
    """The same rows, with errors in the place of those that name the user, or the address, of an earlier one.

    Names that differ only in upper and lower case are hardly meant to be two users.
    """
    seen: dict[tuple[str, str, str], tuple[Place, str]] = {}
    checked: Batch = []
    for place, row in batch:
        for what, text, state in _named(row):
            other, name = seen.setdefault((what, state, text.lower()), (place, text))
            if other is not place:
                same = f"is in {other} already"
                if name != text:
                    same = f"differs only in upper and lower case from {name!r} in {other}"
                row = place.error(row.username, f"the {what} {same}")
                break
        checked.append((place, row))
    return checked


def _named(row: UserRow | RowError) -> Iterator[tuple[str, str, str]]:
    """What no two rows may share. An address may pass from a user who is removed to another one."""
    if isinstance(row, UserRow):
        if row.username:
            yield "user name", row.username, ""
        if row.email and not (row.username and row.state == "absent"):
            yield "e-mail address", row.email, row.state


class Conflicts:
    """Remembers what the planned changes of all rows so far take and free."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._names: dict[str, Place] = {}
        self._emails: dict[str, Place] = {}
        self._freed: set[str | None] = set()
        self._removed: set[int | None] = set()

    def found(self, steps: list[Step]) -> Iterator[Step]:
        """The same steps, with failures in the place of changes that could not be made. Takes one request, or none."""
        wanted = [email for step in steps if (email := _new_email(step.change))]
        holders = self._lookup.holders(wanted) if wanted else {}
        for step in steps:
            checked = self._checked(step, holders)
            self._check_settings(checked.change)
            yield checked

    @cached_property
    def _settings(self) -> dict[str, Any]:
        """Harbor's settings, read when the first change asks. Where they cannot be read, they allow everything."""
        try:
            return system_info(self._lookup, ["basic"])
        except exceptions.ApiException:
            return {"auth_mode": "db_auth"}

    def _check_settings(self, change: Change) -> None:
        """Raise the error with which Harbor would refuse this change, and those of other users as well."""
        if change.action not in ("created", "changed", "removed"):
            return
        mode = self._settings["auth_mode"]
        if self._settings.get("read_only"):
            from harbor_client._hints import HINTS  # loaded only for errors

            hint = next(hint.text for hint in HINTS if hint.id == "read-only")
            raise failure(exceptions.ForbiddenException, 403, "The system is in read only mode", hint, "not_sent")
        local = change.action == "created" or (not _PROFILE.isdisjoint(change.fields) and change.user_id != BUILT_IN)
        if mode != "db_auth" and local:
            what = f"users are not created or changed in Harbor under auth mode: {mode}"
            raise failure(exceptions.NoLocalUsersException, 403, what, NO_LOCAL_USERS, "not_sent")

    def _checked(self, step: Step, holders: dict[str | None, UserResp]) -> Step:
        place, _, change = step
        if change.action not in ("created", "changed", "removed"):
            return step
        email = _new_email(change)
        what, other = "user name", self._names.setdefault(change.username.lower(), place)
        if other is place and email:
            what, other = "e-mail address", self._emails.setdefault(email.lower(), place)
        holder = holders.get(email) if email and email not in self._freed else None
        if other is not place:
            error: Exception = place.error(change.username, f"the {what} is in {other} already")
        elif holder is not None and holder.user_id != change.user_id and holder.user_id not in self._removed:
            taken = f"the address is taken, which {place} sets for {change.username!r}"
            error = failure(exceptions.EmailTakenException, 409, taken, held_by(holder), "not_sent")
        else:
            self._freed.add(change.fields.get("email", (None,))[0])
            if change.action == "removed":
                self._removed.add(change.user_id)
            return step
        return step._replace(change=change.with_details(action="failed", fields={}, error=error))


def _new_email(change: Change) -> str | None:
    fields = change.fields if change.action in ("created", "changed") else {}
    email: str | None = fields.get("email", (None, None))[1]
    return email
