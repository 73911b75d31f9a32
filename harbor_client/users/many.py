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
    """Brings many users into a wanted state."""

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
        """Bring many users into the state that is wanted, one after the other, and give a result for each row.

        The rows are dealt with as the results are asked for: iterate, or call :meth:`~harbor_client.users.Run.finish`,
        which raises an :class:`~harbor_client.ApplyError` if rows failed::

            passwords = PasswordFile("new-passwords.csv")
            users.apply("people.csv", generate_passwords=True, on_password=passwords).finish()

        Rows are what :meth:`ensure` and :meth:`ensure_absent` take: a file as spreadsheets save it (CSV or text) with
        the names of the columns in its first line, a ``csv.DictReader``, dictionaries, a sheet of openpyxl, a data
        frame of pandas, :class:`UserRow` or models. An empty cell leaves alone what is there; ``CLEAR`` erases a
        comment. A row without ``username`` is about the existing user with its ``email``. Rows may be endless: a
        hundred are held at a time, and their users looked up with one request. A row that makes no sense fails before
        anything is sent for it, and so does one whose user is in one of the hundred before it, or differs from it only
        in upper and lower case. Harbor deadlocks on concurrent deletes, so nothing is done at the same time.

        What fails for every row (a wrong password, a caller without rights, no connection, read-only mode …) ends the
        run with that error, whatever ``on_error`` says. After a crash, do it again: what is done already is found so.

        Args:
            rows: the path of a file, an open file, or rows.
            on_error: after a row that failed, ``"stop"`` (its result is the last one) or ``"continue"``.
            progress: called after each row, with (rows done, rows in all or ``None``) if it takes two arguments, else
                with 1; or an object with a method ``update`` that takes 1, such as a tqdm bar.
            update_password: ``"always"`` also sets the passwords of existing users.
            generate_passwords: make a password for each user created whose row has none.
            on_password: called with user name and generated password before the request that sets it, such as a
                :class:`PasswordFile`.
            missing: ``"error"`` to let rows fail whose user is to be removed and does not exist.
            encoding: of a file that is neither UTF-8 nor UTF-16, such as ``"cp1252"``.
            delimiter: of a file whose cells are not separated by commas, semicolons or tabs.
            columns: columns by other headers, ``{"Kennung": "username", "Abteilung": None}``; ``None`` ignores one.
            dry_run: only tell what would be done.
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
        """What :meth:`apply` would do with these rows: ``print(users.plan(rows))`` shows it like a diff.

        Looks once, now, and changes nothing; :meth:`~harbor_client.users.Plan.apply` then does what was shown. Users
        and addresses that occur twice, and addresses that somebody has already, are found.
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
