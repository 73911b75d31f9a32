"""Conditions joined into a query."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from harbor_client.query.conditions import Condition
from harbor_client.query.grammar import LARGEST_ID, merged
from harbor_client.query.parse import conditions


class Query:
    """Conditions on users that must all hold; made by the fields of :data:`Q`, joined with ``&``.

    ``str(query)`` is what :meth:`harbor_client.UserApi.list_users` sends as ``q``.
    """

    __slots__ = ("_conditions",)

    #: The parameter of :meth:`harbor_client.UserApi.list_users` that accepts it.
    argument: ClassVar[str] = "q"
    _conditions: dict[str, Condition]

    def __init__(self, *conditions: Condition) -> None:
        self._conditions = {}
        for condition in conditions:
            if not isinstance(condition, Condition):
                raise TypeError("a query is made by the fields of Q (Q.username == 'x') or by Query.parse(text)")
            known = self._conditions.get(condition.field)
            self._conditions[condition.field] = merged(known, condition) if known else condition

    @classmethod
    def parse(cls, text: str) -> Query:
        """Read a ``q`` text as Harbor would, and refuse what Harbor would misunderstand.

        Raises:
            ValueError: an unknown field (Harbor ignores it and lists everybody), two conditions on a field (the last
                one counts), a list in parentheses (ignored), a value of the wrong type (500), wrong syntax (400).
        """
        return cls(*conditions(text))

    def __and__(self, other: Query) -> Query:
        if not isinstance(other, Query):
            return NotImplemented
        return Query(*self._conditions.values(), *other._conditions.values())

    def __or__(self, other: object) -> NoReturn:
        raise TypeError("Harbor's q has no 'or': join conditions with &, use one_of() for several values of one field")

    __ror__ = __or__

    def __invert__(self) -> NoReturn:
        raise TypeError("Harbor's q has no 'not': list more users and filter them in Python")

    def __str__(self) -> str:
        text = ",".join(map(str, self._conditions.values()))
        # The second decoding changes only "%" and "+".
        return text.replace("%", "%25").replace("+", "%2B")

    def __repr__(self) -> str:
        return f"<Query {self}>"

    def __eq__(self, other: object) -> bool:
        return self._conditions == other._conditions if isinstance(other, Query) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._conditions.items()))

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a query is not true or false: join conditions with &, each in parentheses, not with 'and', 'or', 'not' or "
            "chained comparisons"
        )

    def __contains__(self, value: object) -> NoReturn:
        raise TypeError("'in' does not work with a query: use matches(user)")

    def matches(self, user: Any) -> bool:
        """Whether a user, as read from Harbor, meets the conditions.

        Useful for the user that Harbor's list leaves out (id 1). Here text ranges compare by code point; in Harbor, by
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
        others = [condition for name, condition in self._conditions.items() if name != "user_id"]
        ids = self._conditions.get("user_id")
        if ids is None:
            return self, None
        if ids.kind == "between":
            low, high = ids.values
            return Query(*others), (0 if low is None else low, LARGEST_ID if high is None else high)
        return Query(*others), frozenset(ids.values)
