"""The part of ``Users`` that handles many users at once: ``apply`` and ``plan``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harbor_client._privacy.guard import guarded
from harbor_client.users.apply import Progress, Run, RunOptions, Source
from harbor_client.users.change import Missing, OnError, UpdatePassword
from harbor_client.users.lookup import Lookup
from harbor_client.users.plan import Plan
from harbor_client.users.rows import Rows, RowSource
from harbor_client.users.sink import OnPassword


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
        options = RunOptions(update_password, generate_passwords, on_password, missing, dry_run, on_error, progress)
        return self._run(RowSource(rows, encoding, delimiter, columns), options)

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
        options = RunOptions(update_password, generate_passwords, None, missing, True, "continue", progress)
        run = self._run(RowSource(rows, encoding, delimiter, columns), options)
        return Plan(run, lambda rows, **others: self._run(rows, replace(options, dry_run=False, **others)))

    def _run(self, source: Source, options: RunOptions) -> Run:
        try:
            return Run(self._lookup, source, options)
        except BaseException:
            source.close()
            raise
