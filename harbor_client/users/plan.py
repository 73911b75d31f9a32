"""Many users at once: the part of ``Users`` that applies rows, or plans what they would do."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Any

from harbor_client._privacy.guard import guarded
from harbor_client.users.apply import Progress, Report, Run, reporter
from harbor_client.users.change import Change, Missing, OnError, Options, UpdatePassword
from harbor_client.users.lookup import Lookup
from harbor_client.users.rows import Rows, RowSource, Step
from harbor_client.users.sink import OnPassword

#: How many users who were not found are shown one by one.
_NOT_FOUND_SHOWN = 100
_COLORS = {"created": "#2da44e", "changed": "#9a6700", "removed": "#cf222e", "failed": "#cf222e"}
#: What a summary always counts, and what only when there is any.
_ALWAYS = {"created": "to create", "changed": "to change", "removed": "to remove", "unchanged": "unchanged"}
_SOMETIMES = {"not_found": "not found", "failed": "wrong"}


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
        changes = [change.to_dict() for change in self.changes]
        return {"has_changes": self.has_changes, "counts": dict(self.counts), "changes": changes}

    def apply(
        self, *, on_error: OnError = "stop", progress: Progress = None, on_password: OnPassword | None = None
    ) -> Run:
        """Do exactly what the plan shows. Rows whose users have changed since then fail, and so do rows that failed in
        the plan. For the arguments, see :meth:`harbor_client.users.Users.apply`.
        """
        options = replace(self._options, on_error=on_error, on_password=on_password, dry_run=False)
        return Run(self._lookup, options, reporter(progress), RowSource(self._steps))

    def __str__(self) -> str:
        more = self.counts["not_found"] - sum(change.action == "not_found" for change in self.changes)
        rest = [f"? … and {more} more not found"] if more else []
        return "\n".join([*map(str, self.changes), *rest, self._summary()])

    def __repr__(self) -> str:
        return f"<Plan: {self._summary()}>"

    def _repr_html_(self) -> str:
        lines = "\n".join(
            f'<span style="color: {_COLORS.get(change.action, "inherit")}">{escape(str(change))}</span>'
            for change in self.changes
        )
        return f"<pre>{lines}\n{escape(self._summary())}</pre>"

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
        without ``username`` stands for the existing user with its ``email``. The input may be endless: 100 rows are
        held in memory, and their users are looked up with one request. An invalid row fails before anything is sent for
        it, and so does one whose user occurs in the 100 rows before it, or differs from them only in case. Users are
        changed one after the other, because Harbor deadlocks on concurrent deletes.

        A problem that affects every row (a wrong password, missing rights, no connection, read-only mode, …) ends the
        run with that error, whatever ``on_error`` is. After a crash, run it again: it skips what is already done.

        Args:
            rows: the path of a file, an open file, or rows.
            on_error: after a row that failed, ``"stop"`` (its result is the last one) or ``"continue"``.
            progress: a function called after each row with (rows done, total or ``None``), or with 1 if it takes only
                one argument; or an object whose method ``update`` takes 1, such as a tqdm bar.
            update_password: ``"always"`` also sets the passwords of existing users.
            generate_passwords: make a password for each new user whose row has none.
            on_password: a function called with user name and generated password before the password is sent, such as a
                :class:`PasswordFile`.
            missing: ``"error"``: removing a user who does not exist is a failure.
            encoding: the encoding of a file that is neither UTF-8 nor UTF-16, such as ``"cp1252"``.
            delimiter: the delimiter of a file, if it is not a comma, semicolon or tab.
            columns: a mapping from other column names, ``{"Kennung": "username", "Abteilung": None}``; ``None`` ignores
                a column.
            dry_run: only report what would be done.
        """
        options = Options(update_password, generate_passwords, on_password, missing, dry_run, on_error)
        return Run(self._lookup, options, reporter(progress), RowSource(rows, encoding, delimiter, columns))

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
        return Plan(self._lookup, options, reporter(progress), RowSource(rows, encoding, delimiter, columns))
