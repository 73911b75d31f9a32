"""Many users at once: the part of ``Users`` that applies rows, or plans what they would do."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from html import escape
from itertools import islice
from typing import Any, Protocol, TypeAlias

from harbor_client._privacy.guard import guarded, sweep, sweep_caught
from harbor_client.exceptions import ApiException, ApplyError, ForbiddenException, NotFoundException, RowError
from harbor_client.models import UserResp
from harbor_client.users.change import GENERATE, Change, Missing, OnError, Options, UpdatePassword, UserRow
from harbor_client.users.conflicts import Conflicts, Known
from harbor_client.users.errors import fails_for_every_row
from harbor_client.users.lookup import Lookup, is_administrator
from harbor_client.users.rows import Rows, RowSource, Step
from harbor_client.users.sink import OnPassword
from harbor_client.users.state import States


class Bar(Protocol):
    """The part of a tqdm bar that is used."""

    def update(self, n: int, /) -> object: ...


#: Who is told about progress: f(done, total), or a bar.
Report: TypeAlias = Callable[[int, int | None], object]
Progress: TypeAlias = Report | Bar | None

#: How many rows are read, and their users looked up, at a time.
_BATCH = 100
#: How many failures ``ApplyError`` quotes.
_QUOTED = 10
#: How many users who were not found are shown one by one.
_NOT_FOUND_SHOWN = 100
#: What a summary always counts, and what only when there is any.
_ALWAYS = {"created": "to create", "changed": "to change", "removed": "to remove", "unchanged": "unchanged"}
_SOMETIMES = {"not_found": "not found", "failed": "wrong"}
#: The action that a request carries out.
_ACTIONS = {"POST": "created", "DELETE": "removed"}


class Run:
    """An iterator of the results of :meth:`harbor_client.users.Users.apply`, one for each row.

    A row is processed only when its result is needed: iterate, or call :meth:`finish`.

    Attributes:
        counts: the number of rows for each action so far: ``run.counts["failed"]``.
        failed: the changes that failed so far.
    """

    def __init__(self, lookup: Lookup, options: Options, report: Report, source: RowSource) -> None:
        self.counts: Counter[str] = Counter()
        self.failed: list[Change] = []
        self._lookup = lookup
        self._source = source
        self._options = options
        self._report = report
        self._states = States(lookup, options, reread=True)
        self._conflicts = Conflicts(lookup, options.dry_run)
        self._results: Generator[tuple[Step, Change], None, None] | None = None  # which would keep this object alive
        self._ended: Exception | None = None  # why no more rows are processed

    def __iter__(self) -> Run:
        return self

    @guarded
    def __next__(self) -> Change:
        self._raise_if_ended()
        self._results = self._results or self._all()
        try:
            return next(self._results)[1]
        except StopIteration:
            raise
        except ApiException as error:
            self._ended = copy.copy(error)  # without a traceback, whose frames hold this object
            raise
        except BaseException as error:
            self._ended = RuntimeError(f"{type(error).__name__} ended this run: apply the rows again, in a new one")
            raise

    def _all(self) -> Generator[tuple[Step, Change], None, None]:
        """The rows with their results."""
        try:
            rows = iter(self._source)
            while batch := list(islice(rows, _BATCH)):
                known = self._conflicts.look_up(batch)
                for step in batch:
                    change = self._change(step, known)
                    self.counts[change.action] += 1
                    if not change.ok:
                        self.failed.append(change)
                    yield step, change
                    self._report(self.counts.total(), self._source.total)
                    if change.error is not None and self._options.on_error == "stop":
                        return
                    if isinstance(change.error, ApiException) and self._ends(change.error):
                        raise change.error
        except ApiException as error:
            done = f"{self.counts.total()} of its rows were dealt with before, the others were left alone."
            told = f"{'Nothing was changed. ' if self._options.dry_run else ''}The run ended here: {done}"
            error.hint = f"{error.hint} {told}" if error.hint else told
            raise

    @guarded
    def finish(self, check: bool = True) -> Run:
        """Process all remaining rows.

        Args:
            check: raise if any row failed, also before this call.

        Raises:
            ApplyError: rows failed, and ``check`` is true.
            ApiException: a problem affects every row, such as a wrong password. Calling this again raises it again.
        """
        for _ in self:
            pass
        if check:
            self.raise_for_failed()
        return self

    def raise_for_failed(self) -> None:
        """Raise an :class:`~harbor_client.ApplyError` if a row failed so far, or the error that ended the run."""
        self._raise_if_ended()
        if self.failed:
            done = self.counts.total()
            lines = [f"row {change.row}: {change}" for change in self.failed[:_QUOTED]]
            if len(self.failed) > _QUOTED:
                lines.append(f"… and {len(self.failed) - _QUOTED} more")
            left = "; the rows after it were left alone" if self._options.on_error == "stop" else ""
            raise ApplyError("\n".join([f"{len(self.failed)} of {done} rows failed{left}:", *lines]), self.failed)

    def close(self) -> None:
        """Leave the remaining rows alone."""
        self._results = self._results or self._all()
        self._results.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._results is None and not self._options.dry_run:
            warnings.warn("nothing was applied: iterate over what apply() gives, or call finish()", stacklevel=2)

    def _raise_if_ended(self) -> None:
        if self._ended is not None:
            raise self._ended

    def _change(self, step: Step, known: Known) -> Change:
        place, row, planned = step.place, step.row, step.change
        name = row.username or getattr(row, "email", None) or ""
        try:
            if isinstance(row, RowError):
                raise row
            if planned is not None and planned.error is not None:
                raise planned.error
            user = known[row.username] if row.username in known else self._states.find(row)
            self._conflicts.refuse_double(place, row, user)
            try:
                change = self._carried_out(row, user, planned)
            except NotFoundException as error:
                if row.username not in known or error.method is None:
                    raise
                change = self._carried_out(row, self._states.find(row), planned)  # removed or renamed since the look-up
            if self._options.dry_run:
                self._conflicts.refuse_planned(place, row, user, change)
        except (ApiException, ValueError, TypeError) as error:
            sweep_caught(error)
            if isinstance(error, ApiException) and self._ends(error):
                raise
            if not isinstance(error, (ApiException, RowError)):
                error = self._source.failure(place, name, error)
            change = Change("failed", name, error=error, dry_run=self._options.dry_run)
        if change.error is not None:
            sweep(change.error)
        hint = change.hint or self._conflicts.hint(change)
        return replace(change, row=place.row, hint=hint, request_id=self._lookup.request_ids.last)

    def _carried_out(self, row: UserRow, user: UserResp | None, planned: Change | None) -> Change:
        """Carry a row out; raise ``ValueError`` if it would do something other than what was planned."""
        if planned is not None:
            if planned.user_id and planned.user_id != (user and user.user_id):
                name = row.username or row.email
                raise ValueError(f"changed since the plan was made: user {planned.user_id} is not {name!r} any more")
            now = States(self._lookup, replace(self._options, dry_run=True), reread=True).ensure(row, user)
            if (planned.action, planned.user_id, planned.fields) != (now.action, now.user_id, now.fields):
                raise ValueError(f"changed since the plan was made: planned was {planned}, now it would be {now}")
        return self._states.ensure(row, user)

    def _ends(self, error: ApiException) -> bool:
        """Whether the remaining rows would fail in the same way."""
        if fails_for_every_row(error):
            return True
        message = error.message or ""
        if not isinstance(error, ForbiddenException) or "cannot be deleted" in message or message == "forbidden":
            return False  # it is about this user or this project
        caller = self._lookup.caller()  # as of now: somebody may have demoted the caller meanwhile
        if caller is None:  # a robot account: it has lost the permission if the same action succeeded before
            return bool(self.counts[_ACTIONS.get(error.method or "", "")])
        return not is_administrator(caller)


class Plan:
    """What :meth:`harbor_client.users.Users.apply` would have done when the plan was made.

    ``print(plan)`` shows it like a diff, ``repr(plan)`` is a summary.

    Attributes:
        counts: the number of rows for each action: ``plan.counts["created"]``.
        changes: the rows that would change something or fail. Rows that need no change are only counted, and so are
            users who were not found, after the first 100.
    """

    def __init__(self, lookup: Lookup, options: Options, report: Report, source: RowSource) -> None:
        self._lookup = lookup
        self._options = options
        self._steps: list[Step] = []
        self.changes: list[Change] = []
        with Run(lookup, options, report, source) as run:
            for step, change in run._all():
                shown = change.action != "not_found" or run.counts["not_found"] <= _NOT_FOUND_SHOWN
                if shown and change.action != "unchanged":
                    self._steps.append(replace(step, change=change))
                    self.changes.append(change)
        self.counts: Counter[str] = run.counts

    @property
    def has_changes(self) -> bool:
        """Whether anything would be done."""
        return any(self.counts[action] for action in ("created", "changed", "removed"))

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON has it, with passwords masked."""
        return {"has_changes": self.has_changes, "counts": dict(self.counts), "changes": [*map(Change.to_dict, self)]}

    def apply(
        self, *, on_error: OnError = "stop", progress: Progress = None, on_password: OnPassword | None = None
    ) -> Run:
        """Do exactly what the plan shows. Rows whose users have changed since then fail, and so do rows that failed in
        the plan. For the arguments, see :meth:`harbor_client.users.Users.apply`.
        """
        options = replace(self._options, on_error=on_error, on_password=on_password, dry_run=False)
        if any(getattr(step.row, "password", None) is GENERATE for step in self._steps):
            options.sink()
        return Run(self._lookup, options, _reporter(progress), RowSource(self._steps))

    def __str__(self) -> str:
        more = self.counts["not_found"] - sum(change.action == "not_found" for change in self.changes)
        rest = [f"? … and {more} more not found"] if more else []
        return "\n".join([*map(str, self.changes), *rest, self._summary()])

    def __repr__(self) -> str:
        return f"<Plan: {self._summary()}>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"

    def _summary(self) -> str:
        words = [f"{self.counts[action]} {word}" for action, word in _ALWAYS.items()]
        words += [f"{self.counts[action]} {word}" for action, word in _SOMETIMES.items() if self.counts[action]]
        return ", ".join(words)


class ManyUsers:
    """Creates, changes and removes many users at once."""

    _lookup: Lookup

    @guarded
    def apply(
        self,
        rows: Rows,
        *,
        on_error: OnError = "stop",
        progress: Progress = None,
        update_password: UpdatePassword = "on_create",
        generate_passwords: bool = False,
        on_password: OnPassword | None = None,
        missing: Missing = "report",
        encoding: str | None = None,
        delimiter: str | None = None,
        columns: Mapping[str, str | None] | None = None,
        dry_run: bool = False,
    ) -> Run:
        """Create, change and remove many users, one after the other, and yield a result for each row.

        A row is processed when its result is needed: iterate, or call :meth:`~harbor_client.users.Run.finish`,
        which raises an :class:`~harbor_client.ApplyError` if rows failed::

            passwords = PasswordFile("new-passwords.csv")
            users.apply("people.csv", generate_passwords=True, on_password=passwords).finish()

        Rows have the arguments of :meth:`ensure` as columns. They come from a CSV or text file as spreadsheet programs
        save it, with the column names in its first line, or are dictionaries, an openpyxl sheet, a pandas data frame,
        :class:`UserRow` objects or models. An empty cell leaves a field as it is; ``CLEAR`` erases a comment. A row
        without ``username`` stands for the existing user with its ``email``. A file is read as a whole. Other input
        may be endless: 100 rows are held in memory, and their users are looked up with one request. An invalid row
        fails before anything is sent for it, and so does one whose user occurs in the 100 rows before it, or differs
        from them only in case. Users are changed one after the other, because Harbor deadlocks on concurrent deletes.

        A problem that affects every row (a wrong password, missing rights, no connection, read-only mode, …) ends the
        run with that error, whatever ``on_error`` is. After a crash, run it again: it skips what is already done.

        Args:
            rows: the path of a file, an open file, or rows.
            on_error: after a row that failed, ``"stop"`` (its result is the last one) or ``"continue"``.
            progress: a function called after each row with (rows done, total or ``None``), or an object whose method
                ``update`` takes 1, such as a tqdm bar.
            update_password: ``"always"`` also sets the passwords of existing users.
            generate_passwords: make a password for each new user whose row has none; requires ``on_password``.
            on_password: a function called with username and generated password before the password is sent, such as a
                :class:`PasswordFile`. Nothing else keeps generated passwords.
            missing: ``"error"``: removing a user who does not exist is a failure.
            encoding: the encoding of a file that is neither UTF-8 nor UTF-16, such as ``"cp1252"``.
            delimiter: the delimiter of a file, if it is not a comma, semicolon or tab.
            columns: a mapping from other column names, ``{"Kennung": "username", "Abteilung": None}``; ``None`` ignores
                a column.
            dry_run: only report what would be done.
        """
        options = Options(update_password, generate_passwords, on_password, missing, dry_run, on_error)
        return Run(self._lookup, options, _reporter(progress), RowSource(rows, encoding, delimiter, columns))

    @guarded
    def plan(
        self,
        rows: Rows,
        *,
        progress: Progress = None,
        update_password: UpdatePassword = "on_create",
        generate_passwords: bool = False,
        missing: Missing = "report",
        encoding: str | None = None,
        delimiter: str | None = None,
        columns: Mapping[str, str | None] | None = None,
    ) -> Plan:
        """Find out what :meth:`apply` would do with these rows; ``print(users.plan(rows))`` shows it like a diff.

        Reads Harbor once, and changes nothing. :meth:`~harbor_client.users.Plan.apply` then does what was shown. Users
        and addresses that occur twice in the rows, and addresses that other users have, appear as failures.
        """
        options = Options(update_password, generate_passwords, None, missing, True, "continue")
        return Plan(self._lookup, options, _reporter(progress), RowSource(rows, encoding, delimiter, columns))


def _reporter(progress: Any) -> Report:
    """Adapt either form of progress: ``f(done, total)``, or an object with ``update(advance)``."""
    update = getattr(progress, "update", None)
    report: Report = progress or (lambda done, total: None)
    if callable(update):
        return lambda done, total: update(1)
    try:
        inspect.signature(report).bind(0, None)
    except (TypeError, ValueError) as error:
        if isinstance(error, TypeError):  # else a builtin that does not tell, such as print on Python 3.10
            raise TypeError("progress must be a function of (done, total), or have a method update") from None
    return report
