"""Finds rows that cannot be carried out: the same user twice, an address that is taken, or what Harbor would refuse."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from harbor_client import exceptions
from harbor_client.models import UserResp
from harbor_client.users.change import Change, UserRow
from harbor_client.users.check import system_info
from harbor_client.users.errors import NO_LOCAL_USERS, fails_for_every_row, failure, held_by
from harbor_client.users.lookup import BUILT_IN, Lookup, near
from harbor_client.users.rows import Place, Step

#: Users by name, ``None`` for those who do not exist.
Known: TypeAlias = Mapping[str, UserResp | None]
#: What no two rows may share: ("username", "") or ("email address", the row's state). The state is part of it because
#: one row may remove the user of an address that another row gives to somebody else.
_Subject: TypeAlias = tuple[str, str]
#: By subject and name in lower case: the place of the row that names it, and how it is spelled there.
_Named: TypeAlias = dict[tuple[_Subject, str], tuple[Place, str]]

#: What Harbor changes only where users come from its own database.
_PROFILE = {"email", "realname", "comment", "password"}


class Conflicts:
    """Compares the rows of a run with each other and, in a dry run, with what Harbor has and how it is set up."""

    def __init__(self, lookup: Lookup, dry_run: bool) -> None:
        self._lookup = lookup
        self._dry_run = dry_run
        self._near: _Named = {}  # in the rows that were looked up together
        self._planned: _Named = {}  # in all rows so far that would change something
        self._known: Known = {}
        self._holders: Mapping[str | None, UserResp] = {}
        self._freed: set[str | None] = set()  # email addresses that earlier rows take away
        self._removed: set[int | None] = set()  # ids of users whom earlier rows remove
        self._refused: exceptions.ForbiddenException | None = None  # Harbor's error for a caller who may not list users
        self._settings: dict[str, Any] | None = None  # Harbor's

    def look_up(self, steps: list[Step]) -> Known:
        """The users of the next rows, as far as they can be looked up together. Takes one request, or two."""
        self._near, self._known = {}, {}
        rows = [step.row for step in steps if isinstance(step.row, UserRow) and step.row.username]
        try:
            self._known = self._lookup.find_many(row.username for row in rows)
        except exceptions.ApiException as error:
            if fails_for_every_row(error):
                raise
            if isinstance(error, exceptions.ForbiddenException):  # such a caller may still find users by search
                self._refused = error
        if self._dry_run:
            held = {user.email: user for user in self._known.values() if user is not None}
            wanted = [row.email for row in rows if row.email and row.email not in held]
            self._holders = {**held, **(self._lookup.holders(wanted) if wanted else {})}
        return self._known

    def refuse_double(self, place: Place, row: UserRow, user: UserResp | None) -> None:
        """Raise ``ValueError`` for a user, or an address, that an earlier row names.

        Names that differ only in upper and lower case are hardly meant to be two users.
        """
        for subject, text in _named(row, user):
            key = subject, text.lower()
            other, name = self._planned.get(key) or self._near.setdefault(key, (place, text))
            if other is not place:
                raise ValueError(f"the {subject[0]} is in {other} already, as {name!r}")

    def refuse_planned(self, place: Place, row: UserRow, user: UserResp | None, change: Change) -> None:
        """Raise the error with which a planned change would fail."""
        if change.action not in ("created", "changed", "removed"):
            return
        only_roles = change.action == "changed" and change.fields.keys() == {"roles"}
        if self._refused and not only_roles and not self._lookup.is_caller(change.user_id, change.username):
            raise self._refused
        self._check_settings(change)
        email = _new_email(change)
        holder = self._holders.get(email) if email and email not in self._freed else None
        if holder is not None and holder.user_id not in (change.user_id, *self._removed):
            taken = f"the address that {place} sets for {change.username!r} is taken"
            raise failure(exceptions.EmailTakenException, 409, taken, held_by(holder), "not_sent")
        self._planned.update(((subject, text.lower()), (place, text)) for subject, text in _named(row, user))
        self._freed.add(change.fields.get("email", (None,))[0])
        if change.action == "removed":
            self._removed.add(change.user_id)

    def hint(self, change: Change) -> str | None:
        """Whose name, or address, differs from this user's only in upper and lower case."""
        name = change.username if self._known.get(change.username) is None else ""
        email, user_id = _new_email(change) or "", change.user_id
        return near("name", name, self._known, user_id) or near("address", email, self._holders, user_id)

    def _check_settings(self, change: Change) -> None:
        """Raise the error with which Harbor would refuse this change, and those of other users as well."""
        if self._settings is None:
            try:
                self._settings = system_info(self._lookup, ["basic"])
            except exceptions.ApiException:  # settings that cannot be read allow everything
                self._settings = {"auth_mode": "db_auth"}
        mode = self._settings["auth_mode"]
        if self._settings.get("read_only"):
            what = "The system is in read only mode: try again later"
            raise failure(exceptions.ForbiddenException, 403, what, outcome="not_sent")
        local = change.action == "created" or (not _PROFILE.isdisjoint(change.fields) and change.user_id != BUILT_IN)
        if mode != "db_auth" and local:
            what = f"users are not created or changed in Harbor under auth mode: {mode}"
            raise failure(exceptions.NoLocalUsersException, 403, what, NO_LOCAL_USERS, "not_sent")


def _named(row: UserRow, user: UserResp | None) -> Iterator[tuple[_Subject, str]]:
    """The subjects of a row, each with the name or address."""
    if name := row.username or (user and user.username):
        yield ("username", ""), name
    if row.email and not (row.username and row.state == "absent"):
        yield ("email address", row.state), row.email


def _new_email(change: Change) -> Any:
    fields = change.fields if change.action in ("created", "changed") else {}
    return fields.get("email", (None, None))[1]
