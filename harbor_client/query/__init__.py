"""Harbor's languages for choosing and ordering users: the ``q`` and ``sort`` of ``GET /users``.

::

    from harbor_client.query import Q

    query = Q.username.contains("ali") & (Q.sysadmin_flag == True)
    api.list_users(q=str(query), sort=str(Q.email.desc()))

``str(query)`` is the text for the argument ``q`` of :meth:`harbor_client.UserApi.list_users`. Harbor decodes ``q``
twice; the client encodes it once, as every query value, and ``str(query)`` carries the other encoding.

What Harbor would answer wrongly is refused here:

* It ignores a key that it does not know and lists everybody: an unknown field is an ``AttributeError``.
* It has no "not", no "or" and no second condition on one field: ``!=``, ``|``, ``not``, ``and`` and ``or`` are
  ``TypeError``, and so is a query used as a truth value. ``&`` joins conditions; those on one field are joined
  where one condition can say both (two limits of a range, sets of ids), else it is a ``ValueError``.
* Its language has no escape for some characters: see :class:`TextField`. Those are ``ValueError``, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from harbor_client.query.conditions import Condition, Sort

if TYPE_CHECKING:
    from harbor_client.query.conditions import Value

__all__ = ["FlagField", "IdField", "LoginField", "Q", "Query", "Sort", "TextField", "TimeField"]

#: Harbor keeps ids in a 32-bit column and answers 500 to a larger number.
LARGEST_ID = 2**31 - 1


class Query:
    """Conditions on users that must all hold; made by the fields of :data:`Q`, joined with ``&``.

    ``str(query)`` is what :meth:`harbor_client.UserApi.list_users` takes as ``q``.
    """

    __slots__ = ("_conditions",)

    #: What :meth:`harbor_client.UserApi.list_users` takes it as.
    argument: ClassVar[str] = "q"
    _conditions: dict[str, Condition]

    def __init__(self, *conditions: Condition) -> None:
        self._conditions = {}
        for condition in conditions:
            if not isinstance(condition, Condition):
                raise TypeError("a query is made by the fields of Q (Q.username == 'x') or by Query.parse(text)")
            if condition.field in self._conditions:
                from harbor_client.query.parse import joined

                condition = joined(self._conditions[condition.field], condition)
            self._conditions[condition.field] = condition

    @classmethod
    def parse(cls, text: str) -> Query:
        """Read a ``q`` text as Harbor would, and refuse what Harbor would answer wrongly.

        Raises:
            ValueError: an unknown field (Harbor ignores it and lists everybody), two conditions on a field (the last
                one counts), a list in parentheses (ignored), a value of a wrong type (500), wrong syntax (400).
        """
        from harbor_client.query.parse import conditions

        return cls(*conditions(text))

    def __and__(self, other: Query) -> Query:
        if not isinstance(other, Query):
            return NotImplemented
        return Query(*self._conditions.values(), *other._conditions.values())

    def __str__(self) -> str:
        text = ",".join(map(str, self._conditions.values()))
        # Of what the second decoding would change, "%" and "+" is all.
        return text.replace("%", "%25").replace("+", "%2B")

    def __repr__(self) -> str:
        return f"<Query {self}>"

    def __eq__(self, other: object) -> bool:
        return self._conditions == other._conditions if isinstance(other, Query) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._conditions.items()))

    def __bool__(self) -> NoReturn:
        raise TypeError("a query is not true or false: join conditions with & (and parentheses), not with 'and'")

    def matches(self, user: Any) -> bool:
        """Whether a user, as read from Harbor, meets the conditions.

        For users that Harbor's list leaves out (id 1). Text ranges compare by code point here, by the database's
        collation there. ``ValueError`` for ``password_version``, which no answer holds.
        """
        if "password_version" in self._conditions:
            raise ValueError("Harbor does not show password_version, so only its list can compare it")
        return all(condition.fits(user) for condition in self._conditions.values())

    def exact(self) -> list[Condition]:
        """The conditions that Harbor's answer can be held to: those on exact values, of fields that it always shows."""
        return [
            condition
            for name, condition in self._conditions.items()
            if condition.kind in ("equals", "one of") and name != "password_version" and condition.values != ("",)
        ]

    def split_ids(self) -> tuple[Query, tuple[int, int] | frozenset[int] | None]:
        """The query without its condition on ``user_id``, and that: a range, a set of ids, or ``None``."""
        others = [condition for name, condition in self._conditions.items() if name != "user_id"]
        ids: Any = self._conditions.get("user_id")
        if ids is None:
            return self, None
        if ids.kind == "between":
            low, high = ids.values
            return Query(*others), (0 if low is None else low, LARGEST_ID if high is None else high)
        return Query(*others), frozenset(ids.values)


class _Field:
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: str = name

    def asc(self) -> Sort:
        """Users in the order of this field, smallest first."""
        return Sort(self.name)

    def desc(self) -> Sort:
        """Users in the order of this field, largest first."""
        return Sort(f"-{self.name}")

    def __ne__(self, other: object) -> NoReturn:
        raise TypeError("Harbor's q has no 'not equal'")

    def __bool__(self) -> NoReturn:
        raise TypeError(f"Q.{self.name} is a field, not a truth value: compare it, as in Q.{self.name} == ...")

    def __repr__(self) -> str:
        return f"Q.{self.name}"

    def _value(self, value: object) -> Any:
        """Check one value that goes into a condition."""
        raise NotImplementedError

    def _from_text(self, text: str) -> Value:
        """Read one value of a ``q`` text."""
        raise NotImplementedError

    def _listed(self, value: Any) -> str:
        """A value's text in a range or list."""
        raise NotImplementedError

    def _equals(self, value: Any) -> Condition:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        # Without the backslash, which Harbor takes off again, these begin another form; and nothing at all is an error.
        return Condition(self.name, "equals", (value,), f"\\{text}" if not text or text[0] in "\\~[{(" else text)

    def _between(self, low: object, high: object) -> Condition:
        if low is None and high is None:
            raise ValueError(f"a range of {self.name} needs a limit on one side at least")
        limits = tuple(None if limit is None else self._value(limit) for limit in (low, high))
        texts = ["" if limit is None else self._listed(limit) for limit in limits]
        if any("~" in text for text in texts):
            raise ValueError(f"Harbor splits ranges at ~: it cannot be in a limit of {self.name}")
        return Condition(self.name, "between", limits, f"[{texts[0]}~{texts[1]}]")

    def _one_of(self, values: tuple[object, ...]) -> Condition:
        if len(values) == 1 and isinstance(values[0], Iterable) and not isinstance(values[0], (str, bytes)):
            values = tuple(values[0])
        if not values:
            raise ValueError(f"a list of {self.name} needs one value at least")
        checked = tuple(dict.fromkeys(self._value(value) for value in values))
        texts = []
        for value in checked:
            text = self._listed(value)
            if " " in text:
                raise ValueError(f"Harbor splits lists at spaces: {self.name} {value!r} cannot be in one")
            texts.append(text)
        return Condition(self.name, "one of", checked, f"{{{' '.join(texts)}}}")


class TextField(_Field):
    """A field that holds text: compared with case in all but :meth:`contains`.

    Harbor has no escape for these, so they are ``ValueError``: a comma anywhere; ``~``, or a quotation mark at either
    end, in the limits of a range; a space, or a quotation mark at either end, in a list; ``%`` in :meth:`contains`
    (Harbor escapes it twice and would look for a backslash); NUL, which its database refuses.
    """

    __slots__ = ()

    def __eq__(self, value: str) -> Query:  # type: ignore[override]
        """Users whose field is exactly this text; ``""`` for an empty one."""
        return Query(self._equals(self._value(value)))

    def contains(self, value: str) -> Query:
        """Users whose field contains this text; upper and lower case are the same."""
        text = self._value(value)
        if not text:
            raise ValueError(f"{self.name} contains '' says nothing, and Harbor refuses it")
        if "%" in text:
            raise ValueError(f"Harbor escapes % twice in a search for a part of {self.name}, and finds something else")
        return Query(Condition(self.name, "contains", (text,), f"~{text}"))

    def between(self, low: str | None, high: str | None) -> Query:
        """Users whose field is in this range, limits included, in the database's order; ``None`` for an open side."""
        return Query(self._between(low, high))

    def __ge__(self, low: str) -> Query:
        return Query(self._between(low, None))

    def __le__(self, high: str) -> Query:
        return Query(self._between(None, high))

    def one_of(self, *values: str | Iterable[str]) -> Query:
        """Users whose field is exactly one of these texts; given one by one or as one collection."""
        return Query(self._one_of(values))

    def _value(self, value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} is compared with a str, not {type(value).__name__}")
        for character, why in ((",", "Harbor splits q at every comma"), ("\0", "Harbor's database knows no NUL")):
            if character in value:
                raise ValueError(f"{why}: {self.name} cannot be compared with a text that holds one")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{self.name} is compared with a text that is not Unicode (a lone surrogate)") from None
        return value

    def _from_text(self, text: str) -> str:
        return self._value(text)

    def _listed(self, value: str) -> str:
        if not value or value[0] in "\"'" or value[-1] in "\"'":
            raise ValueError(f"Harbor trims quotation marks in ranges and lists, and skips what is empty: {value!r}")
        # Numbers and times are taken for such, and white space at the ends is cut off, unless quoted.
        return f"'{value}'" if value[0] in "+-0123456789" or value != value.strip() else value


class IdField(_Field):
    """The user's id, a whole number. Harbor's list never contains id 1, the built-in administrator."""

    __slots__ = ()

    def __eq__(self, value: int) -> Query:  # type: ignore[override]
        return Query(self._equals(self._value(value)))

    def between(self, low: int | None, high: int | None) -> Query:
        """Users with ids in this range, limits included; ``None`` for an open side."""
        return Query(self._between(low, high))

    def __ge__(self, low: int) -> Query:
        return Query(self._between(low, None))

    def __le__(self, high: int) -> Query:
        return Query(self._between(None, high))

    def one_of(self, *values: int | Iterable[int]) -> Query:
        """Users with one of these ids; given one by one or as one collection."""
        return Query(self._one_of(values))

    def _value(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{self.name} is compared with an int, not {type(value).__name__}")
        if not 0 <= value <= LARGEST_ID:
            raise ValueError(f"{self.name} must be in 0 to {LARGEST_ID}, not {value}")
        return int(value)

    def _from_text(self, text: str) -> int:
        if not (text.isascii() and text.lstrip("+").isdigit()) or len(text) > 20:
            raise ValueError(f"{self.name} is compared with a whole number, not {text!r}")
        return self._value(int(text))

    def _listed(self, value: int) -> str:
        return str(value)


class TimeField(_Field):
    """A point in time. A :class:`~datetime.datetime` without a zone is UTC, as Harbor's times are.

    ``==`` is a ``TypeError``: Harbor keeps microseconds and shows milliseconds, so it would find nobody.
    """

    __slots__ = ()

    def __eq__(self, value: object) -> NoReturn:
        raise TypeError(f"Harbor keeps {self.name} to the microsecond and shows it to the millisecond: use between")

    def between(self, low: datetime | None, high: datetime | None) -> Query:
        """Users whose time is in this range, limits included; ``None`` for an open side."""
        return Query(self._between(low, high))

    def __ge__(self, low: datetime) -> Query:
        return Query(self._between(low, None))

    def __le__(self, high: datetime) -> Query:
        return Query(self._between(None, high))

    def _value(self, value: object) -> datetime:
        if not isinstance(value, datetime):
            raise TypeError(f"{self.name} is compared with a datetime, not {type(value).__name__}")
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)

    def _from_text(self, text: str) -> datetime:
        try:
            start, point, fraction = text.partition(".")  # 3.10 reads three or six digits only
            return self._value(
                datetime.fromisoformat(f"{start}.{fraction:0<6}" if point and len(fraction) < 6 else text)
            )
        except ValueError:
            raise ValueError(f"{self.name} is compared with 2006-01-02T15:04:05, not {text!r}") from None

    def _listed(self, value: datetime) -> str:
        text = value.replace(tzinfo=None).isoformat()
        # Harbor drops the fraction of what it takes for a time itself; quoted, the database reads it whole.
        return f"'{text}'" if value.microsecond else text


class FlagField(_Field):
    """True or false."""

    __slots__ = ()

    def __eq__(self, value: bool) -> Query:  # type: ignore[override]
        return Query(self._equals(self._value(value)))

    def _value(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise TypeError(f"{self.name} is compared with a bool, not {type(value).__name__}")
        return value

    def _from_text(self, text: str) -> bool:
        if text not in ("true", "false"):
            raise ValueError(f"{self.name} is compared with true or false, not {text!r}")
        return text == "true"


class LoginField(TextField):
    """The user name or the e-mail address: what one logs in with. Harbor compares it with ``==`` and nothing else."""

    __slots__ = ()

    def asc(self) -> NoReturn:
        raise TypeError(f"Harbor does not sort by {self.name}")

    def desc(self) -> NoReturn:
        self.asc()

    def contains(self, value: str) -> NoReturn:
        raise TypeError(f"Harbor ignores all but == for {self.name}, and lists everybody")

    def _between(self, low: object, high: object) -> NoReturn:
        self.contains("")

    def _one_of(self, values: tuple[object, ...]) -> NoReturn:
        self.contains("")


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
    #: How the password is kept (``"sha1"``, ``"sha256"``, …); Harbor shows it nowhere.
    password_version: ClassVar[TextField] = TextField("password_version")
    username_or_email: ClassVar[LoginField] = LoginField("username_or_email")

    if not TYPE_CHECKING:  # a type checker reports the unknown name itself

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(
                f"Harbor does not filter users by {name!r}; it does by {', '.join(_FIELDS)}", name=name
            )

    def __repr__(self) -> str:
        return "Q"


#: The fields that Harbor filters and sorts users by: ``Q.username``, ``Q.user_id``, and so on.
Q = _Fields()

_FIELDS: dict[str, _Field] = {name: field for name, field in vars(_Fields).items() if isinstance(field, _Field)}
