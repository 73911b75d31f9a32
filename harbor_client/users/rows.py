"""Reads the wanted state of users from files, dictionaries, sheets and models, and rejects invalid rows."""

import csv
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from harbor_client._privacy.guard import guarded
from harbor_client.exceptions import RowError
from harbor_client.models._schema.model import Model
from harbor_client.users.change import CLEAR, GENERATE, Change, Clear, UserRow
from harbor_client.users.files import COLUMNS, Columns, Source, Table, reason, value_of
from harbor_client.users.values import check_value, parse_roles, shown

#: What can be a row.
Rowlike: TypeAlias = UserRow | Mapping[str, Any] | Sequence[Any] | Model
#: Where rows come from: a file's path, an open file, or rows.
Rows: TypeAlias = Source | Iterable[Rowlike]

_TRUE = ("true", "t", "yes", "y", "on", "1", "ja", "wahr", "oui", "vrai")
_FALSE = ("false", "f", "no", "n", "off", "0", "nein", "falsch", "non", "faux")
_WORDS: dict[str, bool] = {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}
#: Two invisible characters that some scripts need between letters.
_JOINERS = "\u200c\u200d"
#: A delimiter that occurs in no name, so that each line is one cell.
_NOWHERE = "\x1f"


class Place(NamedTuple):
    """Where a row is."""

    row: int
    file: str | None = None
    line: int | None = None

    def error(self, username: str, why: str, column: str | None = None) -> RowError:
        return RowError(self.row, username, why, file=self.file, line=self.line, column=column)

    def __str__(self) -> str:
        return f"row {self.row}" if self.line is None else f"line {self.line}"


@dataclass(frozen=True)
class Step:
    """A row of a run, or what is wrong with it, and the change that a plan made of it."""

    place: Place
    row: UserRow | RowError
    change: Change | None = None


class RowSource:
    """Rows from any source: iterating yields a step for each, with a ``RowError`` in place of an invalid row."""

    def __init__(
        self,
        rows: Rows | Sequence[Step],
        encoding: str | None = None,
        delimiter: str | None = None,
        columns: Mapping[str, str | None] | None = None,
    ) -> None:
        self.total: int | None = None
        self._columns = Columns(columns)
        self._table: Table | None = None
        self._records: Iterable[tuple[int | None, Any]]
        if isinstance(rows, str) and ("\n" in rows or "\r" in rows):  # whose text, passwords and all, would be shown
            raise ValueError("rows is the path of a file; for its text, give io.StringIO(text)")
        if isinstance(rows, (str, os.PathLike)) or hasattr(rows, "read"):
            self._records = self._table = Table(rows, encoding, delimiter, self._columns)  # type: ignore[arg-type]
            self._table.check_header()
            return
        if encoding or delimiter:
            raise ValueError("encoding and delimiter are for files, not for rows")
        frame: Any = rows
        if hasattr(frame, "columns") and hasattr(frame, "to_dict"):  # a data frame of pandas or polars
            self._columns.check(list(frame.columns))
            rows = frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_dict("records")
        if isinstance(rows, (Mapping, Model, UserRow, bytes, bytearray)) or not isinstance(rows, Iterable):
            raise TypeError(f"rows must be a path, an open file or several rows, not one {type(rows).__name__}")
        self.total = len(rows) if isinstance(rows, Sized) else None
        self._records = self._listed(rows)

    def _listed(self, rows: Iterable[Any]) -> Iterator[tuple[None, Any]]:
        if isinstance(rows, csv.DictReader):
            self._columns.check(rows.fieldnames or ())
        for number, row in enumerate(rows):
            if number == 0 and isinstance(row, (list, tuple)):  # a sheet: the first row names the columns
                self._columns.check([value_of(cell) for cell in row])
                self.total = self.total - 1 if self.total else None
            else:
                yield None, row

    def __iter__(self) -> Iterator[Step]:
        place = Place(0, self._table.name if self._table else None)
        try:
            for line, record in self._records:
                if isinstance(record, Step):
                    yield record
                    continue
                cells = _pairs(record, self._columns.headers)
                several = len(cells) > 1 or line is not None
                if several and all(value_of(cell) is None for _, cell in cells):
                    continue  # an empty line of a file, a sheet or a data frame
                place = Place(place.row + 1, place.file, line)
                yield Step(place, self._row(place, record, cells))
        except (csv.Error, UnicodeDecodeError) as error:
            place = Place(place.row + 1, place.file, self._table.line if self._table else None)
            yield Step(place, place.error("", f"from here on, {reason(error)}"))

    def failure(self, place: Place, username: str, error: Exception) -> RowError:
        """The error of a row, with the header of the column with whose name its text begins."""
        field, known = str(error).partition(" ")[0], self._columns
        return place.error(username, str(error), next((str(h) for h in known.headers if known.name(h) == field), None))

    def _row(self, place: Place, record: object, cells: list[tuple[Any, Any]]) -> UserRow | RowError:
        if not cells:
            what = "a row is a mapping such as {'username': 'x'}, a model or a UserRow"
            return place.error("", f"{what}, not {type(record).__name__}")
        exact = isinstance(record, (UserRow, Model))
        values: dict[str, Any] = {}
        header: object = None
        try:
            for header, cell in cells:
                value = (None if cell == "" else cell) if exact else value_of(cell)
                name = self._columns.name(header)
                if name is None or value is None:
                    continue
                if name == "":
                    raise ValueError("there are more cells than columns with names; columns={'': None} ignores those")
                if name in values:
                    raise ValueError(f"{header!r} is the same column as another one: {name}")
                values[name] = _converted(name, value, exact)
        except (TypeError, ValueError) as error:
            column = str(header) if self._columns.headers and header else None
            return place.error(values.get("username", ""), str(error), column)
        if not values.keys() & {"username", "email"}:
            return place.error("", "username is missing (or email, of a user who exists)")
        return UserRow(**values)


def _pairs(record: object, headers: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The cells of a record with their headers (``None`` for a cell without one); none for what is no record."""
    if isinstance(record, (UserRow, Model)):
        return [(name, getattr(record, name, None)) for name in COLUMNS if hasattr(record, name)]
    if isinstance(record, Mapping):
        return [(name, cell) for name, cell in record.items() if name is not None or any(cell)]
    if headers and isinstance(record, (list, tuple)):
        return [(headers[place] if place < len(headers) else None, cell) for place, cell in enumerate(record)]
    return []


def _converted(name: str, value: Any, exact: bool) -> Any:
    """A value as its column has it; ``TypeError`` or ``ValueError`` if it cannot be."""
    if name == "roles":
        return parse_roles(value)
    if name in ("username", "email", "realname", "comment") and not isinstance(value, (str, Clear)):
        raise TypeError(f"{name} must be text, not {type(value).__name__} ({shown(value)}): read the column as text")
    if isinstance(value, str) and not exact:
        if value.startswith("=") and name in ("username", "email", "realname"):
            raise ValueError(f"{name} is a formula, {shown(value)}: load the workbook with data_only=True")
        hidden = next((c for c in value if unicodedata.category(c) in ("Cc", "Cf")), None)
        if hidden and not (hidden in _JOINERS and name in ("realname", "comment")):
            what = {"\n": "line break", "\r": "line break", "\t": "tab"}.get(hidden, "character that cannot be seen")
            raise ValueError(f"{name} holds a {what}, U+{ord(hidden):04X}: remove it")
    if name == "state":
        word = value.lower() if isinstance(value, str) else value
        if word not in ("present", "absent"):
            raise ValueError(f"state is {shown(value)}; present and absent are accepted")
        return word
    if name == "sysadmin_flag" and not isinstance(value, bool):
        flag = _WORDS.get(str(value).lower().removesuffix(".0"))
        if flag is None:
            raise ValueError(f"sysadmin_flag is {shown(value)}; yes and no are accepted (or true and false, 1 and 0)")
        return flag
    if name in ("email", "realname") and (value == "CLEAR" or isinstance(value, Clear)):
        raise ValueError(f"{name} cannot be erased; only the comment can")
    if value == "GENERATE" and name == "password":
        return GENERATE
    if value == "CLEAR" and name == "comment":
        return CLEAR
    if name != "username":
        check_value(name, value)
    return value


@guarded
def read_names(path: str | os.PathLike[str], column: str = "username", encoding: str | None = None) -> list[str]:
    """Read names (or addresses) from a file: one per line, or from a column if the first line names columns.

    Args:
        path: a text or CSV file.
        column: ``"username"`` or ``"email"``.
        encoding: the encoding of a file that is neither UTF-8 nor UTF-16, such as ``"cp1252"``.

    Raises:
        ValueError: the file cannot be decoded, or has no such column.
    """
    columns = Columns(None)
    table = Table(path, encoding, None, columns)
    headers = [columns.name(cell) if columns.known([cell]) else None for cell in table.header]
    try:
        if column in headers:
            place = headers.index(column)
            names = [cells[place] for _, cells in table if place < len(cells)]
        elif "username" in headers or "email" in headers:
            raise ValueError(f"{path}: the first line names columns, but not {column}")
        else:
            table = Table(path, encoding, _NOWHERE, columns)
            names = [*table.header, *chain.from_iterable(cells for _, cells in table)]
    except csv.Error as error:
        raise ValueError(table.message(error)) from None
    return [name.strip() for name in names if name.strip()]
