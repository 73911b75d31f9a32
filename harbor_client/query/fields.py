"""``Q``: the fields of a user, compared with Python's operators."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, TypeVar

from harbor_client.query.conditions import Sort
from harbor_client.query.grammar import GRAMMARS, Grammar
from harbor_client.query.query import Query

_Value = TypeVar("_Value")


class _Field:
    __slots__ = ("_grammar", "name")

    def __init__(self, name: str) -> None:
        self.name: str = name
        self._grammar: Grammar = GRAMMARS[name]

    def asc(self) -> Sort:
        """Users sorted by this field, smallest first."""
        return Sort(self.name)

    def desc(self) -> Sort:
        """Users sorted by this field, largest first."""
        return Sort(f"-{self.name}")

    def __ne__(self, other: object) -> NoReturn:
        raise TypeError("Harbor's q has no 'not equal': list more users and filter them in Python")

    def __gt__(self, other: object) -> NoReturn:
        self._no_operator(f"'>': its ranges include their limits, so use Q.{self.name} >= ... or between(low, high)")

    def __lt__(self, other: object) -> NoReturn:
        self._no_operator(f"'<': its ranges include their limits, so use Q.{self.name} <= ... or between(low, high)")

    def __contains__(self, value: object) -> NoReturn:
        raise TypeError(f"'in' does not work with a field: use Q.{self.name}.contains(...) or .one_of(...)")

    def __and__(self, other: object) -> NoReturn:
        raise TypeError("& binds tighter than a comparison: write (Q.a == 1) & (Q.b == 2), each in parentheses")

    __rand__ = __and__

    def __or__(self, other: object) -> NoReturn:
        raise TypeError(f"Harbor's q has no 'or': use Q.{self.name}.one_of(...) for several values of one field")

    __ror__ = __or__

    def __bool__(self) -> NoReturn:
        raise TypeError(f"Q.{self.name} is a field, not a truth value: compare it, as in Q.{self.name} == ...")

    def __repr__(self) -> str:
        return f"Q.{self.name}"

    def _no_operator(self, what: str) -> NoReturn:
        raise TypeError(f"Harbor's q has no {what} (Q.{self.name})")


class _ValueField(_Field, Generic[_Value]):
    __slots__ = ()

    def __eq__(self, value: _Value) -> Query:  # type: ignore[override]
        """Users whose field is exactly this value; of texts, ``""`` is an empty one."""
        return Query(self._grammar.equals(value))


class _RangeField(_Field, Generic[_Value]):
    __slots__ = ()

    def between(self, low: _Value | None, high: _Value | None) -> Query:
        """Users whose field is in this range, limits included; ``None`` for an open side.

        Texts are compared in the database's order.
        """
        return Query(self._grammar.between(low, high))

    def __ge__(self, low: _Value) -> Query:
        return self.between(low, None)

    def __le__(self, high: _Value) -> Query:
        return self.between(None, high)


class _ListField(_ValueField[_Value], _RangeField[_Value]):
    __slots__ = ()

    def one_of(self, *values: _Value | Iterable[_Value]) -> Query:
        """Users whose field is exactly one of these values, given one by one or as one collection."""
        return Query(self._grammar.one_of(values))


class TextField(_ListField[str]):
    """A text field; case-sensitive except in :meth:`contains`.

    Harbor cannot escape the following, so they are a ``ValueError``: a comma anywhere; ``~``, or a quotation mark at
    either end, in the limits of a range; a space, or a quotation mark at either end, in a list; ``%`` in
    :meth:`contains` (Harbor escapes it twice and looks for a backslash); NUL, which its database refuses.
    """

    __slots__ = ()

    def contains(self, value: str) -> Query:
        """Users whose field contains this text, in upper or lower case."""
        return Query(self._grammar.contains(value))


class IdField(_ListField[int]):
    """The user's id, a whole number. Harbor's list never contains id 1, the built-in administrator."""

    __slots__ = ()


class TimeField(_RangeField[datetime]):
    """A point in time. A :class:`~datetime.datetime` without a zone is UTC, as Harbor's times are.

    ``==`` is a ``TypeError``: Harbor keeps microseconds but shows milliseconds, so it would find nobody.
    """

    __slots__ = ()

    def __eq__(self, value: object) -> NoReturn:
        raise TypeError(f"Harbor keeps {self.name} to the microsecond but shows it to the millisecond: use between")


class FlagField(_ValueField[bool]):
    """True or false."""

    __slots__ = ()


class LoginField(_ValueField[str]):
    """The user name or the e-mail address, either of which logs in. Harbor compares it with ``==`` and nothing else."""

    __slots__ = ()

    def asc(self) -> NoReturn:
        raise TypeError(f"Harbor does not sort by {self.name}")

    def desc(self) -> NoReturn:
        self.asc()


class _Fields:
    """The fields of a user that Harbor filters and sorts by."""

    __slots__ = ()

    user_id: ClassVar[IdField] = IdField("user_id")
    username: ClassVar[TextField] = TextField("username")
    email: ClassVar[TextField] = TextField("email")
    realname: ClassVar[TextField] = TextField("realname")
    comment: ClassVar[TextField] = TextField("comment")
    sysadmin_flag: ClassVar[FlagField] = FlagField("sysadmin_flag")
    creation_time: ClassVar[TimeField] = TimeField("creation_time")
    update_time: ClassVar[TimeField] = TimeField("update_time")
    #: How the password is hashed (``"sha1"``, ``"sha256"``, …); Harbor shows it nowhere.
    password_version: ClassVar[TextField] = TextField("password_version")
    username_or_email: ClassVar[LoginField] = LoginField("username_or_email")

    if not TYPE_CHECKING:  # a type checker reports the unknown name itself

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(
                f"Harbor does not filter users by {name!r}; it does by {', '.join(GRAMMARS)}", name=name
            )

    def __repr__(self) -> str:
        return "Q"


#: The fields that Harbor filters and sorts users by: ``Q.username``, ``Q.user_id``, and so on.
Q = _Fields()
