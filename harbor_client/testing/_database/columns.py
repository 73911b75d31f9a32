"""The columns that can be queried, and how PostgreSQL compares them with what a client sent."""

import operator
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

from .._errors import DatabaseError
from .._go.text import parse_int64
from .projects import collation_key
from .store import is_storable

#: A cell, or what one is compared with; a time is in seconds since 1970, None is missing.
Cell = str | int | float | bool | None

_SPACE = " \t\n\v\f\r"
_BOOLEANS = {"on": True, "off": False, "of": False, "1": True, "0": False}
for _word, _meaning in (("true", True), ("yes", True), ("false", False), ("no", False)):
    _BOOLEANS.update({_word[:length]: _meaning for length in range(1, len(_word) + 1)})


class Column:
    """A column: its name, which is also the attribute of a row, and what makes of a value what PostgreSQL takes."""

    def __init__(self, name: str, convert: Callable[[object], Cell]) -> None:
        self._convert = convert
        #: The cell of a row.
        self.of: Callable[[Any], Cell] = operator.attrgetter(name)

    def text_of(self, row: Any) -> str | None:
        """The cell cast to text."""
        cell = self.of(row)
        if isinstance(cell, float):
            text = f"{datetime.fromtimestamp(cell, timezone.utc):%Y-%m-%d %H:%M:%S.%f}"
            return text.rstrip("0").rstrip(".")
        return None if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)

    def sort_key(self, row: Any) -> tuple[bool, object]:
        """For `sorted`: a missing value is greater than any other."""
        cell = self.of(row)
        if cell is None:
            return True, 0
        return False, collation_key(str(cell)) if self._convert is _collated_text else cell

    def parameter(self, value: object) -> Cell:
        """`value` as PostgreSQL takes it for this column; `DatabaseError` when it does not fit."""
        if isinstance(value, datetime) and self._convert is not _time:
            value = f"{value:%Y-%m-%d %H:%M:%S}"
        if isinstance(value, str) and not is_storable(value):
            raise DatabaseError("invalid byte sequence for encoding UTF8")
        result = self._convert(value)
        if result is None:
            raise DatabaseError(f"{value!r} does not fit the column")
        return result


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _collated_text(value: object) -> str | None:
    return _text(value)


def _integer(value: object) -> int | None:
    if isinstance(value, str):
        value = parse_int64(value.strip(_SPACE))
    if isinstance(value, int) and -(2**31) <= value < 2**31:
        return value
    return None


def _boolean(value: object) -> bool | None:
    return _BOOLEANS.get(value.strip(_SPACE).lower()) if isinstance(value, str) else None


def _time(value: object) -> float | None:
    if isinstance(value, str):
        value = _parsed_time(value)
    if not isinstance(value, datetime):
        return None
    # A column without a time zone ignores one.
    return value.replace(tzinfo=timezone.utc).timestamp()


def _parsed_time(text: str) -> datetime | None:
    """The object mapper looks at the first 19 or 10 characters; what it cannot read goes to PostgreSQL as it is."""
    for length, form in ((19, "%Y-%m-%d %H:%M:%S"), (10, "%Y-%m-%d")):
        if len(text) >= length:
            try:
                return datetime.strptime(text[:length], form)
            except ValueError:
                break
    try:
        return datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text.strip()))
    except ValueError:
        return None


_OPERATORS = {"exact": "eq", "gte": "ge", "lte": "le"}


def comparison(column: Column, name: str, value: object) -> Callable[[Any], bool]:
    """A test for ``column operator value``; nothing compares with a missing value."""
    of, parameter, holds = column.of, column.parameter(value), getattr(operator, _OPERATORS.get(name, name))
    return lambda row: (cell := of(row)) is not None and holds(cell, parameter)


def upper(text: str) -> str:
    """`text` in capitals, character by character, as PostgreSQL's UPPER does it."""
    return "".join(map(_capital, text))


def _capital(character: str) -> str:
    """The one capital of a character: itself when there is none, or when it takes several characters to write."""
    for capital in (character.upper(), character.title()):
        if len(capital) == 1:
            return capital
    return character


def like(pattern: str, ignore_case: bool = False) -> Callable[[str], bool]:
    """A test for SQL's LIKE: ``%`` is any text, ``_`` any character, a backslash takes the next one literally."""
    pieces = [""]
    characters = iter(upper(pattern) if ignore_case else pattern)
    for character in characters:
        if character == "%":
            pieces.append("")
        elif character == "_":
            pieces[-1] += "."
        else:
            literal = next(characters, "") if character == "\\" else character
            if not literal:
                raise DatabaseError("LIKE pattern must not end with escape character")
            pieces[-1] += re.escape(literal)
    # Each piece is looked for from where the one before it ends, and the first place found is final: a plain regular
    # expression would try every place of every piece, which can take forever.
    first, *others = pieces
    middle = [f"(?=(?P<p{number}>.*?{piece}))(?P=p{number})" for number, piece in enumerate(others[:-1])]
    last = [f".*{piece}" for piece in others[-1:]]
    test = re.compile("".join([first, *middle, *last]), re.DOTALL)
    return lambda text: test.fullmatch(upper(text) if ignore_case else text) is not None


class Table:
    """The columns of a table by the names that a query and a sort know.

    Args:
        columns: Go field name, column name and converter of each.
        default: the column that rows are sorted by unless told otherwise.
        others: keys of a query that are no columns.
    """

    def __init__(
        self, columns: Iterable[tuple[str, str, Callable[[object], Cell]]], default: str, others: tuple[str, ...] = ()
    ) -> None:
        self.columns: dict[str, Column] = {}
        for go_name, name, convert in columns:
            self.columns[go_name] = self.columns[name] = Column(name, convert)
        self.default = self.columns[default]
        #: The keys that `q` knows.
        self.filters = frozenset(self.columns) | frozenset(others)
        #: The object mapper finds a column by its Go name in any case, too.
        self.go_names = {name.lower(): column for name, column in self.columns.items() if name[0].isupper()}


_TIMES = (("CreationTime", "creation_time", _time), ("UpdateTime", "update_time", _time))
USERS = Table(
    (
        ("UserID", "user_id", _integer),
        ("Username", "username", _text),
        ("Email", "email", _text),
        ("Password", "password", _text),
        ("PasswordVersion", "password_version", _text),
        ("Realname", "realname", _text),
        ("Comment", "comment", _text),
        ("Deleted", "deleted", _boolean),
        ("SysAdminFlag", "sysadmin_flag", _boolean),
        ("ResetUUID", "reset_uuid", _text),
        ("Salt", "salt", _text),
        *_TIMES,
    ),
    "username",
    ("UsernameOrEmail", "username_or_email"),  # the username or the email
)
PROJECTS = Table(
    (
        ("ProjectID", "project_id", _integer),
        ("OwnerID", "owner_id", _integer),
        ("Name", "name", _collated_text),
        *_TIMES,
    ),
    "name",
)


def snake_case(name: str) -> str:
    """`SysAdminFlag` as `sys_admin_flag`: how Harbor looks up a key that it does not know as it stands."""
    parts: list[str] = []
    for index, character in enumerate(name):
        before, after = name[index - 1 : index], name[index + 1 : index + 2]
        if index and character.isupper() and (after.islower() or before.islower()):
            parts.append("_")
        parts.append(character.lower())
    return "".join(parts)
