"""The parts of a query: single conditions, and sort orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

Value = str | int | bool | datetime


class Condition:
    """One condition: the field, the kind of comparison, the values, and Harbor's text for it."""

    __slots__ = ("field", "kind", "text", "values")

    def __init__(self, field: str, kind: str, values: tuple[Value | None, ...], text: str) -> None:
        self.field: str = field
        self.kind: str = kind  # "equals", "contains", "between" (two values, either may be None) or "one of"
        self.values: tuple[Any, ...] = values
        self.text: str = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and (self.field, self.text) == (other.field, other.text)

    def __hash__(self) -> int:
        return hash((self.field, self.text))

    def __str__(self) -> str:
        return f"{self.field}={self.text}"

    def accepts_user(self, user: Any) -> bool:
        """Whether a user, as read from Harbor, meets the condition."""
        if self.field == "username_or_email":
            return self.accepts(user.username) or self.accepts(user.email)
        value = getattr(user, self.field)
        if value is None and self.field == "comment":  # Harbor omits an empty comment
            value = ""
        return self.accepts(value)

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


class Sort:
    """A sort order, made by ``Q.field.asc()`` and ``Q.field.desc()``; ``str(sort)`` is the ``sort`` argument."""

    __slots__ = ("_text",)

    #: The parameter of :meth:`harbor_client.UserApi.list_users` that accepts it.
    argument: ClassVar[str] = "sort"

    def __init__(self, text: str) -> None:
        self._text = text

    def then(self, other: Sort) -> Sort:
        """This order, with ``other`` deciding between users that are equal in it."""
        return Sort(f"{self._text},{other._text}")

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Sort {self._text}>"

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, Sort) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)
