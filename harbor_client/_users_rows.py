"""Reads the wanted state of users from CSV files, dictionaries and models, and refuses rows that make no sense."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sized
from dataclasses import fields
from typing import IO, TYPE_CHECKING, Any

from harbor_client._users_change import GENERATE, Generate, UserRow
from harbor_client.models._model import Model
from harbor_client.passwords import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    #: What rows are made of.
    Rowlike: TypeAlias = UserRow | Mapping[str, Any] | Model
    #: Where rows come from: a CSV file's path, an open text file, or rows.
    Rows: TypeAlias = str | os.PathLike[str] | IO[str] | Iterable[Rowlike]

_COLUMNS = tuple(field.name for field in fields(UserRow))
#: A shorter name that files have for a column.
_ALIASES = {"admin": "sysadmin_flag"}
_TEXTS = ("username", "email", "realname", "comment", "password", "state")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


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
        if isinstance(rows, (str, os.PathLike)):
            self._file = open(rows, encoding="utf-8-sig", newline="")  # noqa: SIM115 - closed by close()
            self._own_file = True
        elif hasattr(rows, "read"):
            self._file = rows  # type: ignore[assignment]
        if self._file is not None:
            try:
                self._rows = self._csv(self._file)
            except BaseException:
                self.close()
                raise
        elif isinstance(rows, (Mapping, Model, UserRow)) or not isinstance(rows, Iterable):
            raise TypeError(f"rows must be a path, a text file or several rows, not one {type(rows).__name__}")
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
        """Close the file that was opened here."""
        if self._file is not None and self._own_file:
            self._file.close()

    def _csv(self, file: IO[str]) -> Iterable[dict[str, Any]]:
        reader = csv.reader(file, strict=True)
        problem = None
        first: list[str] = []
        try:
            first = next(reader, [])
        except (csv.Error, UnicodeDecodeError) as error:
            problem = str(error)
        if problem:  # raised here, apart from that error, which holds what is in the file
            raise ValueError(f"the file cannot be read: {problem}")
        header = [name.strip().lstrip("\ufeff").lower() for name in first]
        header = [_ALIASES.get(name, name) for name in header]
        unknown = [name for name in header if name not in _COLUMNS]
        if unknown:
            raise ValueError(f"unknown column {unknown[0]!r} in the first line; known: {', '.join(_COLUMNS)}")
        if "username" not in header:
            raise ValueError("the first line must name the columns; username is missing")
        if len(set(header)) < len(header):
            raise ValueError("the first line names a column twice")
        return _records(reader, header)


def _records(reader: Any, header: list[str]) -> Iterator[dict[str, Any]]:
    """The lines of a CSV file, without empty ones; an empty cell says nothing, as a column that is not there."""
    for cells in reader:
        if any(cells):
            record: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
            if len(cells) > len(header):
                record[""] = "more cells than columns"
            yield record


def _row(number: int, row: object) -> UserRow | RowError:
    values: dict[str, Any]
    if isinstance(row, UserRow):
        values = {name: getattr(row, name) for name in _COLUMNS}
    elif isinstance(row, Mapping):
        given: Mapping[Any, Any] = row
        values = {_ALIASES.get(str(name), str(name)): value for name, value in given.items()}
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
            raise wrong(f"unknown column {name!r}; known: {', '.join(_COLUMNS)}")
    if not shown.strip():
        raise wrong("username is missing")
    flag = values.get("sysadmin_flag")
    if isinstance(flag, str):
        flag = _WORDS.get(flag.strip().lower(), flag)
        values["sysadmin_flag"] = flag
    if flag is not None and not isinstance(flag, bool):
        raise wrong(f"sysadmin_flag is true or false, not {flag!r}")
    values["state"] = values.get("state") or "present"
    for name in _TEXTS:
        value = values.get(name)
        if not (value is None or isinstance(value, str) or (name == "password" and isinstance(value, Generate))):
            raise wrong(f"{name} must be text, not {type(value).__name__}")
    if values["state"] not in ("present", "absent"):
        raise wrong(f"state is present or absent, not {values['state']!r}")
    _check_values(values, wrong)
    wanted: dict[str, Any] = {name: values.get(name) for name in _COLUMNS}
    return UserRow(**wanted)


def _check_values(values: dict[str, Any], wrong: Any) -> None:
    """What Harbor would refuse in any version, in its order."""
    password, email, realname, comment = (values.get(name) for name in ("password", "email", "realname", "comment"))
    if password == "":
        values["password"] = password = None
    if isinstance(password, str):
        problems = check(password)
        if problems:
            raise wrong(f"Harbor does not accept this password: {'; '.join(problems)}")
    if email == "":
        raise wrong("email can't be empty")
    if realname is not None and not 1 <= _size(realname) <= 255:
        raise wrong("realname has 1 to 255 bytes")
    if realname is not None and any(character in realname for character in ',"~#%$'):
        raise wrong('realname must not hold any of , " ~ # % $')
    if comment is not None and _size(comment) > 30:
        raise wrong(f"comment has {_size(comment)} bytes, at most 30 are allowed")


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


__all__ = ["GENERATE", "RowError", "RowSource", "UserRow"]
