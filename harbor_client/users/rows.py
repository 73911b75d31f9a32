"""Reads the wanted state of users from CSV files, dictionaries and models, and refuses rows that make no sense."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sized
from dataclasses import fields
from typing import IO, TYPE_CHECKING, Any

from harbor_client.models._schema.model import Model
from harbor_client.users.change import UserRow
from harbor_client.users.values import check_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    #: What rows are made of.
    Rowlike: TypeAlias = UserRow | Mapping[str, Any] | Model
    #: Where rows come from: a CSV file's path, an open text file, or rows.
    Rows: TypeAlias = str | os.PathLike[str] | IO[str] | Iterable[Rowlike]

_COLUMNS = tuple(field.name for field in fields(UserRow))
#: A shorter name that files have for a column.
_ALIASES = {"admin": "sysadmin_flag"}
#: No user has these empty: an empty text says nothing, as in a file. (That of a comment empties the comment.)
_NEVER_EMPTY = ("email", "realname", "password", "sysadmin_flag", "state")
_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
_WORDS = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)


class RowError(ValueError):
    """A row that does not say what is wanted. Its text names the row and shows no value of a password."""

    def __init__(self, row: int, username: str, why: str) -> None:
        super().__init__(row, username, why)
        self.row = row
        self.username = username

    def __str__(self) -> str:
        return f"row {self.row}{f' ({self.username})' if self.username else ''}: {self.args[2]}"


class RowSource:
    """Rows from wherever they come: iterate for ``UserRow``, or the ``RowError`` in its place, in order."""

    def __init__(self, rows: Rows) -> None:
        self.total: int | None = None
        self._file: IO[str] | None = None
        self._own_file = False
        self._rows: Iterable[Any]
        if isinstance(rows, str) and (
            "\n" in rows or "\r" in rows
        ):  # whose text, passwords and all, the error would repeat
            raise ValueError("rows is the path of a CSV file; for its text, give io.StringIO(text)")
        if isinstance(rows, (str, os.PathLike)):
            self._file = open(rows, encoding="utf-8-sig", newline="")  # noqa: SIM115 - closed by close()
            self._own_file = True
        elif hasattr(rows, "read"):
            self._file = rows  # type: ignore[assignment]
        if self._file is not None:
            try:
                reader = csv.reader(self._file, strict=True)
                self._rows = _records(reader, _first_line(lambda: next((line for line in reader if any(line)), None)))
            except BaseException:
                self.close()
                raise
        elif isinstance(rows, (Mapping, Model, UserRow, bytes, bytearray)) or not isinstance(rows, Iterable):
            raise TypeError(f"rows must be a path, a text file or several rows, not one {type(rows).__name__}")
        elif isinstance(rows, csv.DictReader):
            _first_line(lambda: rows.fieldnames)
            self._rows = _dictionaries(rows)
        else:
            self._rows = rows
            self.total = len(rows) if isinstance(rows, Sized) else None

    def __iter__(self) -> Iterator[UserRow | RowError]:
        number = 0
        try:
            for number, row in enumerate(self._rows, 1):
                try:
                    yield _row(number, row)
                except RowError as error:
                    yield error.with_traceback(None)  # whose frames hold the row
        except (csv.Error, UnicodeDecodeError) as error:
            yield RowError(number + 1, "", f"from here on the file cannot be read: {error}")

    def close(self) -> None:
        """Close the file that was opened here, and let go of the rows: an exception's frames may lead here."""
        self._rows = ()
        if self._file is not None and self._own_file:
            self._file.close()


def _first_line(read: Callable[[], Sequence[str] | None]) -> list[str]:
    """The names of a file's columns, as they are called here; ``ValueError`` when they make no sense."""
    problem = None
    first: Sequence[str] = ()
    try:
        first = read() or ()
    except (csv.Error, UnicodeDecodeError) as error:
        problem = str(error)
    if problem:  # raised here, apart from that error, which holds what is in the file
        raise ValueError(f"the file cannot be read: {problem}")
    header = [_column(name) for name in first]
    unknown = [name for name in header if name not in _COLUMNS]
    if unknown:
        raise ValueError(f"unknown column {_named(unknown[0])}in the first line; known: {', '.join(_COLUMNS)}")
    if "username" not in header:
        raise ValueError("the first line must name the columns; username is missing")
    if len(set(header)) < len(header):
        raise ValueError("the first line names a column twice")
    return header


def _named(column: str) -> str:
    """A column's name for a message; nothing where it may be a password, as in a file without a line of names."""
    return "" if any(character.isdigit() for character in column) else f"{column!r} "


def _column(name: str) -> str:
    name = name.strip().lstrip("\ufeff").lower()
    return _ALIASES.get(name, name)


def _records(reader: Any, header: list[str]) -> Iterator[dict[str, Any]]:
    """The lines of a CSV file, without empty ones; an empty cell says nothing, as a column that is not there."""
    for cells in reader:
        if any(cells):
            record: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
            if len(cells) > len(header):
                record[""] = "more cells than columns"
            yield record


def _dictionaries(rows: csv.DictReader[str]) -> Iterator[dict[str, Any]]:
    """The same, read by ``csv.DictReader``: what is too much for its columns stands under ``None`` there."""
    for row in rows:
        record: dict[str, Any] = {_column(name or ""): cell for name, cell in row.items() if cell}
        if record:
            yield record


def _row(number: int, row: object) -> UserRow | RowError:
    values: dict[str, Any]
    if isinstance(row, UserRow):
        values = {name: getattr(row, name) for name in _COLUMNS}
    elif isinstance(row, Mapping):
        given: Mapping[Any, Any] = row
        values = {"" if name is None else _ALIASES.get(str(name), str(name)): cell for name, cell in given.items()}
        if len(values) < len(row):
            raise RowError(number, "", "sysadmin_flag and admin are the same column")
    elif isinstance(row, Model):
        values = {name: getattr(row, name, None) for name in _COLUMNS if name != "state"}
    else:
        raise RowError(number, "", f"a row is a mapping, a model or a UserRow, not {type(row).__name__}")
    username = values.get("username")
    shown = username if isinstance(username, str) else ""

    def wrong(why: str) -> RowError:
        return RowError(number, shown, why)

    for name in values:
        if name == "":
            raise wrong("there are more cells than columns")
        if name not in _COLUMNS:
            raise wrong(f"unknown column {_named(name).rstrip()}; known: {', '.join(_COLUMNS)}")
    if not shown.strip():
        raise wrong("username is missing")
    for name in _NEVER_EMPTY:
        if values.get(name) == "":
            values[name] = None
    flag = values.get("sysadmin_flag")
    if isinstance(flag, str):
        values["sysadmin_flag"] = _WORDS.get(flag.strip().lower(), flag)
    state = values.get("state")
    if state not in (None, "present", "absent"):
        raise wrong("state is present or absent, and nothing else")
    values["state"] = state or "present"
    problem = None
    try:
        check_values(values)
    except (TypeError, ValueError) as error:
        problem = str(error)
    if problem:  # raised here, apart from that error, whose frames hold the row
        raise wrong(problem)
    wanted: dict[str, Any] = {name: values.get(name) for name in _COLUMNS}
    return UserRow(**wanted)
