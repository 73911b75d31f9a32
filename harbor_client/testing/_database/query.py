"""Harbor's `q` and `sort` languages on lists.

`q` is read in two steps, as in Harbor: `parse_q` turns the text into conditions without knowing any column, and
`select` applies them to the columns as Harbor's object mapper and PostgreSQL would, with what they refuse.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from .._errors import DatabaseError, Panic, bad_request
from .._go.text import BadEscape, parse_int64, unescape_query
from .._versions import Version
from .columns import USERS, Table, comparison, like, snake_case, upper

_Row = TypeVar("_Row")
Value = str | int | datetime
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?", re.ASCII)
# White space as Go sees it, which knows four control characters less than Python.
_SPACE = "".join(each for each in map(chr, range(0x3001)) if each.isspace() and not "\x1c" <= each <= "\x1f")
_NO_PAIR = 'the query string must contain "=" and the key/value cannot be empty'


class Condition(NamedTuple):
    """What is asked of one column.

    Its kinds: ``exact`` (``k=v``), ``contains`` (``k=~v``), ``range`` (``k=[a~b]``, both included, None is open),
    ``any`` (``k={a b}``), and ``all`` (``k=(a b)``: no column of these tables can be that, so Harbor ignores it).
    """

    kind: str
    value: Any


def parse_q(q: str) -> dict[str, Condition]:
    """Read a `q`, which the URL's own decoding has passed once; it is decoded a second time here.

    Raises:
        Failure: 400 with Harbor's words.
    """
    conditions: dict[str, Condition] = {}
    if not q:
        return conditions
    try:
        q = unescape_query(q)
    except BadEscape:
        pass  # then it is taken as it is
    for pair in q.split(","):
        key, _, value = pair.partition("=")
        if not key or not value:
            raise bad_request(_NO_PAIR)
        conditions[key] = _condition(value)
    return conditions


def _condition(value: str) -> Condition:
    first, last, inner = value[0], value[-1], value[1:-1]
    if first == "~" and len(value) > 1:
        return Condition("contains", value[1:])
    if first == "[" and last == "]" and inner.count("~") == 1:
        low, high = (_value(part) if part.strip(_SPACE) else None for part in inner.split("~"))
        if low is not None or high is not None:
            return Condition("range", (low, high))
    elif first == "{" and last == "}":
        return Condition("any", [item for item in map(_value, inner.split(" ")) if item != ""])
    elif first == "(" and last == ")":
        return Condition("all", None)
    if first in "~[{(":
        raise bad_request(f"invalid query string value: {value}")
    return Condition("exact", value[1:] if first == "\\" else value)


def _value(text: str) -> Value:
    """A value in a range or list: a time, else an integer, else text whose quotes are taken off."""
    text = text.strip(_SPACE)
    if _TIME.fullmatch(text):
        try:
            return datetime.strptime(text.partition(".")[0], "%Y-%m-%dT%H:%M:%S")
        except ValueError:
            pass  # no such day or hour
    number = parse_int64(text)
    return text.strip("\"'") if number is None else number


def select(rows: Iterable[_Row], conditions: dict[str, Condition], version: Version, table: Table) -> list[_Row]:
    """The rows that meet all conditions.

    Raises:
        DatabaseError: a value does not fit its column.
        Panic: the object mapper gives up.
    """
    tests: list[_Test] = []
    refused: DatabaseError | None = None
    for key, condition in conditions.items():
        try:
            tests += _tests(key, condition, version, table)
        except DatabaseError as error:
            refused = refused or error  # the database sees the query only once the object mapper has built all of it
    if refused is not None:
        raise refused
    return [row for row in rows if all(test(row) for test in tests)]


_Test = Callable[[Any], bool]


def _tests(key: str, condition: Condition, version: Version, table: Table) -> list[_Test]:
    """What one condition asks of a row: nothing when the key means nothing."""
    name, *operators = key.split("__")
    if version.limits_operators and len(operators) > 1:
        return []
    known = name if name in table.filters else snake_case(name)
    secret = version.hides_password_columns and known.lower() in ("password", "salt")
    if known not in table.filters or secret:
        return []
    if version.limits_operators and operators and operators[0] not in _LIMITED:
        return []
    kind, value = condition
    if known in ("UsernameOrEmail", "username_or_email"):
        text = USERS.columns["username"].parameter(value if kind == "exact" else "")
        return [lambda user: text in (user.username, user.email)] if kind == "exact" else []
    if kind == "contains":
        escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return [_test(table, name, [*operators, "icontains"], escaped)]
    if kind == "range":
        bounds = zip(("gte", "lte"), value, strict=True)
        return [_test(table, name, [*operators, operator], bound) for operator, bound in bounds if bound is not None]
    if kind == "any":
        return [_test(table, name, [*operators, "in"], value)]
    return [_test(table, name, operators, value)] if kind == "exact" else []


_LIMITED = frozenset({"icontains", "in", "gte", "lte", "gt", "lt", "exact"})
_OPERATORS = _LIMITED | frozenset(
    {"iexact", "contains", "eq", "ne", "startswith", "endswith", "istartswith", "iendswith", "between", "isnull"}
)


#: How the operators that compare text make a pattern of it.
_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}


def _test(table: Table, name: str, operators: list[str], value: object) -> _Test:
    """A test of one column by one operator, as the object mapper builds it."""
    operator = operators.pop() if operators and operators[-1] in _OPERATORS else "exact"
    column = None if operators else table.columns.get(name) or table.go_names.get(name.lower())
    if column is None or operator in ("between", "isnull"):
        raise Panic(f"the object mapper cannot filter by {name} {operator}")
    if operator == "in":
        allowed = {column.parameter(item) for item in (value if isinstance(value, list) else [value])}
        return lambda row: column.of(row) in allowed and column.of(row) is not None
    ignore_case = operator.startswith("i")
    form = _PATTERNS.get(operator.removeprefix("i"))
    if form is None and operator != "iexact":
        return comparison(column, operator, value)
    text = str(USERS.columns["username"].parameter(value)).replace("%", "\\%")
    if form is None:
        capitals = upper(text)
        return lambda row: (cell := column.text_of(row)) is not None and upper(cell) == capitals
    matches = like(form.format(text), ignore_case)
    return lambda row: (cell := column.text_of(row)) is not None and matches(cell)


def id_span(conditions: dict[str, Condition]) -> tuple[int | None, int | None]:
    """The first and last user id that a range allows, so that nobody has to look at all the others."""
    asked = conditions.get("user_id")
    low, high = asked.value if asked and asked.kind == "range" else (None, None)
    return low if isinstance(low, int) else None, high if isinstance(high, int) else None


def sorted_by(rows: list[_Row], sort: str, table: Table) -> list[_Row]:
    """`rows` in the order that `sort` asks for: in the table's own if it names no column.

    Text is ordered by code point (PostgreSQL's collation C) unless its column is collated; a missing value comes after
    all others.
    """
    keys = [(key.removeprefix("-"), key.startswith("-")) for key in sort.split(",")]
    known = [(table.columns[key], descending) for key, descending in keys if key in table.columns]
    for column, descending in reversed(known or [(table.default, False)]):
        rows = sorted(rows, key=column.sort_key, reverse=descending)
    return rows
