"""Finds rows that cannot all be carried out: the same user twice, or an address that somebody already has."""

from __future__ import annotations

from typing import NamedTuple

from harbor_client.exceptions import EmailTakenException, RowError
from harbor_client.models import UserResp
from harbor_client.users.change import Change, UserRow
from harbor_client.users.lookup import Lookup
from harbor_client.users.rows import Batch, Place
from harbor_client.users.write import held_by


class Step(NamedTuple):
    """A row and its result."""

    place: Place
    row: UserRow | RowError
    change: Change


def without_doubles(batch: Batch) -> Batch:
    """Rows of one user, or with one address; names that differ only in upper and lower case are hardly meant."""
    seen: dict[tuple[str, str], tuple[Place, str]] = {}
    checked: Batch = []
    for place, row in batch:
        if isinstance(row, UserRow):
            named = [("user name", row.username)] if row.username else []
            named += [("e-mail address", row.email)] if row.email and not (named and row.state == "absent") else []
            for what, text in named:
                other, name = seen.setdefault((what + row.state * (what[0] == "e"), text.lower()), (place, text))
                if other is not place:
                    same = "is" if name == text else f"differs only in upper and lower case from {name!r}"
                    why = f"the {what} {same} in {other}" + (" already" if name == text else "")
                    row = place.error(row.username, why)
                    break
        checked.append((place, row))
    return checked


class Conflicts:
    """Remembers what the planned changes of all rows so far take and free."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._names: dict[str, Place] = {}
        self._emails: dict[str, Place] = {}
        self._freed: set[str] = set()
        self._removed: set[int | None] = set()

    def found(self, steps: list[Step]) -> list[Step]:
        """The same steps, with failures in the place of changes that could not be made. Takes one request, or none."""
        wanted = [email for step in steps if (email := _new_email(step.change))]
        holders = self._lookup.holders(wanted) if wanted else {}
        return [self._checked(step, holders) for step in steps]

    def _checked(self, step: Step, holders: dict[str | None, UserResp]) -> Step:
        place, row, change = step
        if change.action not in ("created", "changed", "removed"):
            return step
        email = _new_email(change)
        other = self._names.setdefault(change.username.lower(), place)
        what = "user name"
        if other is place and email:
            other = self._emails.setdefault(email.lower(), place)
            what = "e-mail address"
        holder = holders.get(email) if email and email not in self._freed else None
        error: Exception | None = None
        if other is not place:
            error = place.error(change.username, f"the {what} is in {other} already")
        elif holder is not None and holder.user_id != change.user_id and holder.user_id not in self._removed:
            error = EmailTakenException(409, f"the address is taken, which {place} sets for {change.username!r}")
            error.outcome = "not_sent"
            error.hint = held_by(holder)
        if error is None:
            self._freed.add(change.fields.get("email", ("",))[0] or "")
            self._removed |= {change.user_id} if change.action == "removed" else set()
            return step
        failed = Change("failed", change.username, change.user_id, error=error, row=change.row, dry_run=True)
        return Step(place, row, failed)


def _new_email(change: Change) -> str | None:
    fields = change.fields if change.action in ("created", "changed") else {}
    email: str | None = fields.get("email", (None, None))[1]
    return email
