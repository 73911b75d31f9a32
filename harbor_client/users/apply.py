"""Brings many users into the wanted state, one after the other."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol, TypeAlias, cast

from harbor_client._privacy.guard import guarded, sweep, sweep_caught
from harbor_client.exceptions import ApiException, ApplyError, ForbiddenException, NotFoundException, RowError
from harbor_client.models import UserResp
from harbor_client.users.change import Change, OnError, UserRow
from harbor_client.users.conflicts import Conflicts, Step, without_doubles
from harbor_client.users.errors import fails_for_every_row
from harbor_client.users.lookup import Lookup, is_administrator
from harbor_client.users.rows import Batch, Place, RowSource
from harbor_client.users.state import PASSWORD_LOST, Options, States, check_option


class Bar(Protocol):
    """The part of a tqdm bar that is used."""

    def update(self, n: int, /) -> object: ...


#: Who is told about progress: f(done, total), f(1), or a bar.
Progress: TypeAlias = Callable[[int, int | None], object] | Callable[[int], object] | Bar | None

#: How many rows are read, and their users looked up, at a time.
_ROWS_A_LOOK = 100
#: How many failures ``ApplyError`` quotes.
_QUOTED = 10


@dataclass(frozen=True)
class RunOptions(Options):
    """How rows are dealt with; see :meth:`harbor_client.users.Users.apply`."""

    on_error: OnError = "stop"
    progress: Progress = None
    #: What was planned for each row, by the row's ``id()``; nothing else is done then.
    planned: Mapping[int, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _reporter(self.progress)  # raises for what is none
        super().__post_init__()
        check_option("on_error", self.on_error, "stop", "continue")


class Run:
    """An iterator of the results of :meth:`harbor_client.users.Users.apply`, one for each row.

    A row is processed only when its result is needed: iterate, or call :meth:`finish`.

    Attributes:
        counts: the number of rows for each action so far: ``run.counts["failed"]``.
        failed: the changes that failed so far.
    """

    def __init__(self, lookup: Lookup, source: RowSource, options: RunOptions) -> None:
        self.counts: Counter[str] = Counter()
        self.failed: list[Change] = []
        self._lookup = lookup
        self._source = source
        self._options = options
        self._states = States(lookup, options, reread=True)
        self._report = _reporter(options.progress)
        self._refused: ForbiddenException | None = None  # the error that a caller who may not list users got
        self._pending: Step | None = None  # the result whose progress could not be told
        self._steps: Generator[Step, None, None] | None = None  # which would keep this object alive
        self._began = options.dry_run

    def __iter__(self) -> Run:
        return self

    @guarded
    def __next__(self) -> Change:
        return self.step().change

    def step(self) -> Step:
        """The next row with its result."""
        self._began = True
        step, self._pending = self._pending, None
        if step is not None:
            return step
        self._steps = self._steps or self._all()
        step = self._pending = next(self._steps)
        self.counts[step.change.action] += 1
        if not step.change.ok:
            self.failed.append(step.change)
        self._report(self.counts.total(), self._source.total)
        self._pending = None
        return step

    @guarded
    def finish(self, check: bool = True) -> Run:
        """Process all remaining rows.

        Args:
            check: raise if any row failed, also before this call.

        Raises:
            ApplyError: rows failed, and ``check`` is true.
            ApiException: a problem affects every row, such as a wrong password.
            ValueError: passwords are to be generated, but there is no ``on_password``. Nothing was sent.
        """
        if self._options.generate_passwords and self._options.on_password is None and not self._options.dry_run:
            self.close()
            raise ValueError(PASSWORD_LOST)
        self._states.drops_passwords = True
        for _ in self:
            pass
        if check:
            self.raise_for_failed()
        return self

    def raise_for_failed(self) -> None:
        """Raise an :class:`~harbor_client.ApplyError` if a row failed so far."""
        if self.failed:
            done = self.counts.total()
            lines = [f"row {change.row}: {change}" for change in self.failed[:_QUOTED]]
            if len(self.failed) > _QUOTED:
                lines.append(f"… and {len(self.failed) - _QUOTED} more")
            left = "; the rows after it were left alone" if self._options.on_error == "stop" else ""
            raise ApplyError("\n".join([f"{len(self.failed)} of {done} rows failed{left}:", *lines]), self.failed)

    def close(self) -> None:
        """Leave the remaining rows alone."""
        self._began = True
        self._steps = self._steps or self._all()
        self._steps.close()
        self._source.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_began", True):
            warnings.warn("nothing was applied: iterate over what apply() gives, or call finish()", stacklevel=2)
            self.close()

    def _all(self) -> Generator[Step, None, None]:
        done = 0
        conflicts = Conflicts(self._lookup) if self._options.dry_run else None
        try:
            rows = iter(self._source)
            while batch := without_doubles(list(islice(rows, _ROWS_A_LOOK))):
                known = self._known(batch)
                steps = (Step(place, row, self._change(place, row, known)) for place, row in batch)
                for step in conflicts.found(list(steps)) if conflicts else steps:
                    done += 1
                    yield step
                    error = step.change.error
                    if error is not None and self._options.on_error == "stop":
                        return
                    if isinstance(error, ApiException) and self._ends(error):
                        raise error
        except ApiException as error:
            told = f"The run ended here: {done} of its rows were dealt with before, the others were left alone."
            told = f"Nothing was changed. {told}" if self._options.dry_run else told
            error.hint = f"{error.hint} {told}" if error.hint else told
            raise
        finally:
            self._source.close()

    def _change(self, place: Place, row: UserRow | RowError, known: dict[str, UserResp | None]) -> Change:
        name = row.username or getattr(row, "email", None) or ""
        try:
            if isinstance(row, RowError):
                raise row
            try:
                user = known[row.username] if row.username in known else self._states.find(row)
                change = self._carried_out(row, user)
            except NotFoundException as error:
                if row.username not in known or error.method is None:
                    raise
                change = self._carried_out(row, self._states.find(row))  # gone since the look
            does = self._options.dry_run and (
                change.action in ("created", "removed") or change.fields.keys() - {"roles"}
            )
            if self._refused and does and not self._lookup.is_caller(change.user_id, change.username):
                raise self._refused
        except (ApiException, ValueError, TypeError) as error:
            sweep_caught(error)
            if isinstance(error, ApiException) and self._ends(error):
                raise
            failure: Exception = error
            if not isinstance(error, (ApiException, RowError)):
                failure = place.error(name, str(error))
            change = Change("failed", name, error=failure, dry_run=self._options.dry_run)
        if change.error is not None:
            sweep(change.error)
        return change.with_details(row=place.row, request_id=self._lookup.request_ids.last)

    def _carried_out(self, row: UserRow, user: UserResp | None) -> Change:
        planned = self._options.planned.get(id(row))
        if planned is not None:
            if planned.error is not None:
                raise planned.error
            if planned.user_id and planned.user_id != (user and user.user_id):
                name = row.username or row.email
                raise ValueError(f"changed since the plan was made: user {planned.user_id} is not {name!r} any more")
            now = States(self._lookup, replace(self._options, dry_run=True)).ensure(row, user)
            if (planned.action, planned.user_id, planned.fields) != (now.action, now.user_id, now.fields):
                raise ValueError(f"changed since the plan was made: planned was {planned}, now it would be {now}")
        return self._states.ensure(row, user)

    def _known(self, batch: Batch) -> dict[str, UserResp | None]:
        """The users of a batch, as far as they can be looked up together."""
        names = [row.username for _, row in batch if isinstance(row, UserRow) and row.username]
        try:
            return self._lookup.find_many(names)
        except ApiException as error:
            if fails_for_every_row(error):
                raise
            if isinstance(error, ForbiddenException):  # such a caller may still find users by search
                self._refused = error
        return {}

    def _ends(self, error: ApiException) -> bool:
        """Whether the remaining rows would fail in the same way."""
        if fails_for_every_row(error):
            return True
        message = error.message or ""
        if not isinstance(error, ForbiddenException) or "cannot be deleted" in message or message == "forbidden":
            return False  # it is about this user or this project
        caller = self._lookup.caller()  # as of now: somebody may have demoted the caller meanwhile
        return caller is not None and not is_administrator(caller)


def _reporter(progress: Any) -> Callable[[int, int | None], object]:
    """Adapt any form of progress: ``f(done, total)``, ``f(advance)``, or an object with ``update(advance)``."""
    if progress is None:
        return lambda done, total: None
    if callable(progress):
        try:
            inspect.signature(progress).bind(0, None)
        except (TypeError, ValueError):  # it takes one, or is a builtin that does not tell
            return lambda done, total: progress(1)
        return cast(Callable[[int, int | None], object], progress)
    update = getattr(progress, "update", None)
    if not callable(update):
        raise TypeError(f"progress must be a function or have a method update, not {type(progress).__name__}")
    return lambda done, total: update(1)
