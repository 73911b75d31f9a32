"""Conditions on users, joined into queries, and sort orders."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, NoReturn
from urllib.parse import unquote_to_bytes

#: Harbor keeps ids in a 32-bit column and responds with 500 to a larger number.
LARGEST_ID = 2**31 - 1
_MALFORMED_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


class Condition(NamedTuple):
    """One condition: the field, the kind of comparison, the values, and Harbor's text for it."""

    field: str
    kind: str  # "equals", "contains", "between" (two values, either may be None) or "one of"
    values: tuple[Any, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.field}={self.text}"

    def accepts_user(self, user: Any) -> bool:
        """Whether a user, as read from Harbor, meets the condition."""
        if self.field == "username_or_email":
            return self.accepts(user.username) or self.accepts(user.email)
        value = getattr(user, self.field)
        return self.accepts("" if value is None and self.field == "comment" else value)  # an empty one is omitted

    def accepts(self, value: Any) -> bool:
        """Whether a single value meets the condition."""
        if value is None:
            return False
        if self.kind == "contains":
            return str(self.values[0]).upper() in value.upper()
        if self.kind == "between":
            low, high = self.values
            return (low is None or low <= value) and (high is None or value <= high)
        return value in self.values


#: All fields that Harbor filters users by, by name; the constructor of a field adds it.
FIELDS: dict[str, Any] = {}


#: An operator that Harbor's language lacks.
Refusal = Callable[..., NoReturn]


def refuse(why: str) -> Refusal:
    """A method that raises ``TypeError``. ``{0}`` stands for the object."""

    def operator(self: object, *_: object) -> NoReturn:
        raise TypeError(why.format(self))

    return operator


class Query:
    """A condition on users, made with the fields of :data:`Q`; ``&`` joins conditions that must all hold.

    ``str(query)`` is what :meth:`harbor_client.UserApi.list_users` sends as ``q``.
    """

    #: The parameter of :meth:`harbor_client.UserApi.list_users` that accepts it.
    argument: ClassVar[str] = "q"

    def __init__(self, *conditions: Condition) -> None:
        self._conditions: dict[str, Condition] = {}
        for condition in conditions:
            if not isinstance(condition, Condition):
                raise TypeError("a query is made by the fields of Q (Q.username == 'x') or by Query.parse(text)")
            name = condition.field
            known = self._conditions.setdefault(name, condition)
            if known != condition:
                self._conditions[name] = FIELDS[name]._merged(known, condition)

    @classmethod
    def parse(cls, text: str) -> Query:
        """Parse a ``q`` string as Harbor would, and reject what Harbor would misunderstand.

        Raises:
            ValueError: an unknown field (Harbor ignores it and lists everybody), two conditions on a field (the last
                one counts), a list in parentheses (ignored), a value of the wrong type (500), wrong syntax (400).
        """
        if not isinstance(text, str):
            raise TypeError(f"q must be a str, not {type(text).__name__}")
        query = cls()
        for part in _decoded(text).split(",") if text else ():
            name, sign, operand = part.partition("=")
            if not sign or not name or not operand:
                raise ValueError(f"{part!r} in q is not of the form field=value")
            if name not in FIELDS:
                raise ValueError(f"{name!r} in q is not a field that Harbor filters on: {', '.join(FIELDS)}")
            if name in query._conditions:
                raise ValueError(f"Harbor heeds only the last of several conditions on {name}")
            try:
                query._conditions[name] = FIELDS[name]._parse(operand)
            except ValueError as error:
                raise ValueError(f"{part} in q: {error}") from None
        return query

    def __and__(self, other: Query) -> Query:
        if not isinstance(other, Query):
            return NotImplemented
        return Query(*self._conditions.values(), *other._conditions.values())

    __or__: Refusal = refuse("Harbor's q has no 'or': use one_of() for several values of one field")
    __ror__: Refusal = __or__
    __invert__: Refusal = refuse("Harbor's q has no 'not': list more users and filter them in Python")
    __contains__: Refusal = refuse("'in' does not work with a query: use matches(user)")
    __bool__: Refusal = refuse(
        "join conditions with &, each in (), not by 'and', 'or', 'not', 'in' or chains: see one_of(), between()"
    )

    def __str__(self) -> str:
        text = ",".join(map(str, self._conditions.values()))
        # Harbor decodes q once more than other parameters, which changes only "%" and "+".
        return text.replace("%", "%25").replace("+", "%2B")

    def __repr__(self) -> str:
        return f"<Query {self}>"

    def __eq__(self, other: object) -> bool:
        return self._conditions == other._conditions if isinstance(other, Query) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._conditions.values()))

    def matches(self, user: Any) -> bool:
        """Whether a user, as read from Harbor, meets the conditions.

        Useful for the user that Harbor's list leaves out (ID 1). Here text ranges compare by code point; in Harbor, by
        the database's collation. ``ValueError`` for ``password_version``, which no response contains.
        """
        if "password_version" in self._conditions:
            raise ValueError("Harbor does not show password_version, so only its list can compare it")
        return all(condition.accepts_user(user) for condition in self._conditions.values())

    def exact(self) -> list[Condition]:
        """The conditions that a list can be checked against: exact values of fields that Harbor always shows."""
        return [
            condition
            for name, condition in self._conditions.items()
            if condition.kind in ("equals", "one of") and name != "password_version" and condition.values != ("",)
        ]

    def split_ids(self) -> tuple[Query, tuple[int, int] | frozenset[int] | None]:
        """The query without its condition on ``user_id``, and that condition: a range, a set of ids, or ``None``."""
        others = dict(self._conditions)
        ids = others.pop("user_id", None)
        rest = Query(*others.values())
        if ids is None or ids.kind != "between":
            return rest, ids and frozenset(ids.values)
        low, high = ids.values
        return rest, (low or 0, LARGEST_ID if high is None else high)


def _decoded(text: str) -> str:
    """Undo the encoding inside ``q`` as Go's url.QueryUnescape does; Harbor takes malformed text as it is."""
    if _MALFORMED_ESCAPE.search(text):
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError:
        raise ValueError("q is not Unicode once its percent-encoding is undone") from None


@dataclass(frozen=True, repr=False)
class Sort:
    """A sort order, made by ``Q.field.asc()`` and ``Q.field.desc()``; ``str(sort)`` is the ``sort`` argument."""

    _text: str
    #: The parameter of :meth:`harbor_client.UserApi.list_users` that accepts it.
    argument: ClassVar[str] = "sort"

    def then(self, other: Sort) -> Sort:
        """This order, with ``other`` deciding between users that are equal in it."""
        return Sort(f"{self},{other}")

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Sort {self}>"
