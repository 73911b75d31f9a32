"""Brings many users into the state that is wanted, one after the other."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from harbor_client._privacy.guard import guarded, sweep, sweep_caught
from harbor_client.exceptions import ApiException, NotFoundException
from harbor_client.users.change import Change, UserRow
from harbor_client.users.rows import RowError, RowSource

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import Any, Protocol, TypeAlias

    from harbor_client.models import UserResp
    from harbor_client.users.change import OnError
    from harbor_client.users.lookup import Lookup
    from harbor_client.users.rows import Rows

    class Bar(Protocol):
        """As much of a tqdm bar as is needed."""

        def update(self, n: int, /) -> object: ...

    #: Where progress is told: f(done, total), f(1) or a bar.
    Progress: TypeAlias = Callable[[int, int | None], object] | Callable[[int], object] | Bar | None

    #: Brings one row's user into its state, given the user as looked up (or as yet unknown).
    One = Callable[[UserRow, "UserResp | None"], Change]

#: So many rows are read, and their users looked up, at a time.
_ROWS_A_LOOK = 100


class Run:
    """The results of :meth:`harbor_client.users.Users.apply`, one for each row, as they come about.

    A row is dealt with when its result is asked for: iterate, or call :meth:`finish`.

    Attributes:
        counts: how many rows ended in each way so far: ``run.counts["failed"]``.
    """

    def __init__(
        self, lookup: Lookup, rows: Rows, one: One, on_error: OnError, progress: Progress, dry_run: bool = False
    ) -> None:
        if on_error not in ("stop", "continue"):
            raise ValueError("on_error is 'stop' or 'continue'")
        self.counts: Counter[str] = Counter()
        self._began = True  # until the rows can be read
        report = _reporter(progress)
        self._source = RowSource(rows)
        self._changes = _changes(lookup, self._source, one, on_error, dry_run)
        self._report = report
        self._began = dry_run

    def __iter__(self) -> Run:
        return self

    @guarded
    def __next__(self) -> Change:
        self._began = True
        change = next(self._changes)
        self.counts[change.action] += 1
        self._report(self.counts.total(), self._source.total)
        return change

    @guarded
    def finish(self) -> Run:
        """Deal with all rows that are left; for those who need no results but :attr:`counts`."""
        for _ in self:
            pass
        return self

    def close(self) -> None:
        """Leave the remaining rows alone."""
        self._began = True
        self._changes.close()
        self._source.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_began", True):
            warnings.warn("nothing was applied: iterate over what apply() gives, or call finish()", stacklevel=2)
            self.close()


class Plan:
    """What :meth:`harbor_client.users.Users.apply` would do; ``print(plan)`` shows it like a diff.

    Iterating looks at Harbor and gives a :class:`Change` for each row. Nothing is changed.
    """

    def __init__(self, start: Callable[[], Run], once: bool) -> None:
        self._start = start
        self._once = once
        self._first: Run | None = start()  # now, so that what is wrong with the rows as a whole shows at once
        if not once:
            self._first.close()

    def __iter__(self) -> Iterator[Change]:
        run = self._first if self._once else self._start()
        if run is None:
            raise ValueError("the rows of this plan came from an iterator or an open file, and are used up")
        self._first = None
        with run:
            yield from run

    @guarded
    def __str__(self) -> str:
        counts: Counter[str] = Counter()
        lines = []
        for change in self:
            counts[change.action] += 1
            lines.append(str(change))
        words = (
            f"{counts[action]} {what}"
            for action, what in (
                ("created", "to create"),
                ("changed", "to change"),
                ("removed", "to remove"),
                ("unchanged", "unchanged"),
                ("failed", "wrong"),
            )
            if counts[action] or action != "failed"
        )
        return "\n".join([*lines, ", ".join(words)])


def _changes(
    lookup: Lookup, source: RowSource, one: One, on_error: OnError, dry_run: bool
) -> Generator[Change, None, None]:
    number = 0
    try:
        rows = iter(source)
        while batch := list(islice(rows, _ROWS_A_LOOK)):
            batch = _without_doubles(batch, number + 1)
            known = _known(lookup, batch)
            for row in batch:
                number += 1
                change = _change(lookup, row, number, known, one, dry_run)
                yield change
                if on_error == "stop" and not change.ok:
                    return
    finally:
        source.close()


def _change(
    lookup: Lookup, row: UserRow | RowError, number: int, known: dict[str, UserResp | None], one: One, dry_run: bool
) -> Change:
    if isinstance(row, RowError):
        return Change("failed", row.username, error=row, row=number, dry_run=dry_run)
    try:
        try:
            change = one(row, known[row.username] if row.username in known else lookup.find(row.username))
        except NotFoundException:
            if row.username not in known:
                raise
            change = one(row, lookup.find(row.username))  # gone since the look
        change = change.numbered(number)
        if change.error is not None:
            sweep(change.error)
        return change
    except ApiException as error:
        sweep_caught(error)
        return Change("failed", row.username, error=error, row=number, dry_run=dry_run)
    except (ValueError, TypeError) as error:
        why = RowError(number, row.username, str(error))
        return Change("failed", row.username, error=why, row=number, dry_run=dry_run)


def _known(lookup: Lookup, batch: list[UserRow | RowError]) -> dict[str, UserResp | None]:
    """The users of a batch, so far as they can be looked up together."""
    names = [row.username for row in batch if isinstance(row, UserRow)]
    if len(names) < 2:
        return {}
    try:
        return lookup.find_many(names)
    except ApiException:  # then each row is looked up, and fails, on its own
        return {}


def _without_doubles(batch: list[UserRow | RowError], first: int) -> list[UserRow | RowError]:
    """Names that occur twice, or differ in upper and lower case only, are hardly what is meant."""
    seen: dict[str, tuple[int, str]] = {}
    checked: list[UserRow | RowError] = []
    for number, row in enumerate(batch, first):
        if isinstance(row, UserRow):
            other, name = seen.setdefault(row.username.lower(), (number, row.username))
            if other != number:
                same = "is" if name == row.username else f"differs only in upper and lower case from {name!r}"
                why = f"the user name {same} in row {other}" + (" already" if name == row.username else "")
                row = RowError(number, row.username, why)
        checked.append(row)
    return checked


def _reporter(progress: Any) -> Callable[[int, int | None], object]:
    """One form for the forms of progress: ``f(done, total)``, ``f(advance)``, and objects with ``update(advance)``."""
    if progress is None:
        return lambda done, total: None
    if callable(progress):
        try:
            inspect.signature(progress).bind(0, None)
        except (TypeError, ValueError):  # it takes one, or is a builtin that does not tell
            return lambda done, total: progress(1)
        two: Callable[[int, int | None], object] = progress
        return two
    update = getattr(progress, "update", None)
    if not callable(update):
        kind = type(progress).__name__
        raise TypeError(f"progress must be a function or have a method update, as tqdm's bars, not {kind}")
    return lambda done, total: update(1)
