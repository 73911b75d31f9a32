"""``Q``: the fields of a user, compared with Python's operators, and what Harbor's language can say about each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from operator import index
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

from harbor_client.query.query import FIELDS, LARGEST_ID, Condition, Query, Refusal, Sort, refuse

_Value = TypeVar("_Value")

#: White space as Go defines it: four control characters less than Python's.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
#: What Harbor takes for a number or a time in ranges and lists.
_NOT_A_TEXT = re.compile(
    r"[+-]?[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?", re.ASCII
)

#: Characters that a text to compare with cannot contain, and why.
_IMPOSSIBLE = {
    ",": "Harbor splits q at every comma",
    "\0": "Harbor's database knows no NUL",
    "[\ud800-\udfff]": "a lone surrogate is not Unicode",
}


class _Field(Generic[_Value]):
    """A field: checks a value and writes the condition, or says why it cannot; reads the conditions of ``q`` texts."""

    _type: ClassVar[type]

    def __init__(self, name: str) -> None:
        self.name: str = name
        FIELDS[name] = self

    def asc(self) -> Sort:
        """Users sorted by this field, smallest first."""
        return Sort(self.name)

    def desc(self) -> Sort:
        """Users sorted by this field, largest first."""
        return Sort(f"-{self.name}")

    def __eq__(self, value: _Value) -> Query:  # type: ignore[override]
        """Users whose field is exactly this value; ``""`` finds those whose text is empty."""
        return Query(self._equals(value))

    __ne__: Refusal = refuse("Harbor's q has no 'not equal': list more users and filter them in Python")
    __gt__: Refusal = refuse("Harbor's q has no '>', as its ranges include their limits: use {0} >= ... or between()")
    __lt__: Refusal = refuse("Harbor's q has no '<', as its ranges include their limits: use {0} <= ... or between()")
    __contains__: Refusal = refuse("'in' does not work with a field: use {0}.contains(...) or .one_of(...)")
    __and__: Refusal = refuse("& binds tighter than a comparison: write (Q.a == 1) & (Q.b == 2), each in parentheses")
    __rand__: Refusal = __and__
    __or__: Refusal = refuse("Harbor's q has no 'or': use {0}.one_of(...) for several values of one field")
    __ror__: Refusal = __or__
    __bool__: Refusal = refuse("{0} is a field, not a truth value: compare it, as in {0} == ...")

    if not TYPE_CHECKING:  # a type checker reports the unknown name itself

        def __getattr__(self, name: str) -> NoReturn:
            known = ", ".join(name for name in dir(type(self)) if name[0] != "_")
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; it has {known}, and ==", name=name)

    def __repr__(self) -> str:
        return f"Q.{self.name}"

    def _check(self, value: Any) -> Any:
        """The value in the form that is compared; ``TypeError`` or ``ValueError`` when it cannot be."""
        if not isinstance(value, self._type):
            raise TypeError(f"{self.name} is compared with a {self._type.__name__}, not {type(value).__name__}")
        return value

    def _read(self, text: str) -> Any:
        """One value of a ``q`` text."""
        return self._check(text)

    def _read_item(self, text: str) -> Any:
        """One value in a range or list of a ``q`` text."""
        return self._read(text.strip(_SPACE).strip("\"'"))

    def _write(self, value: Any) -> str:
        """A checked value as it stands in a range or list."""
        return str(value)

    def _equals(self, value: object) -> Condition:
        checked = self._check(value)
        text = str(checked).lower() if isinstance(checked, bool) else str(checked)
        # Harbor rejects an empty value and gives these first characters a special meaning. A backslash in front,
        # which Harbor removes again, avoids both.
        return Condition(self.name, "equals", (checked,), f"\\{text}" if not text or text[0] in "\\~[{(" else text)

    def _contains(self, value: object) -> Condition:
        raise ValueError(f"only text fields can be searched for a part, and {self.name} is none")

    def _between(self, low: object, high: object) -> Condition:
        if low is None and high is None:
            raise ValueError(f"a range of {self.name} needs at least one limit")
        limits = tuple(None if limit is None else self._check(limit) for limit in (low, high))
        texts = ["" if limit is None else self._write(limit) for limit in limits]
        if "~" in "".join(texts):
            raise ValueError(f"Harbor splits ranges at ~, so a limit of {self.name} cannot hold one")
        return Condition(self.name, "between", limits, f"[{texts[0]}~{texts[1]}]")

    def _one_of(self, values: Iterable[object]) -> Condition:
        checked = tuple(dict.fromkeys(map(self._check, values)))
        if not checked:
            raise ValueError(f"a list of {self.name} needs at least one value")
        texts = list(map(self._write, checked))
        for text in texts:
            if " " in text:
                raise ValueError(f"Harbor splits lists at spaces, so {self.name} {text!r} cannot be in one")
        return Condition(self.name, "one of", checked, f"{{{' '.join(texts)}}}")

    def _parse(self, operand: str) -> Condition:
        """The condition in what follows ``field=`` in a ``q`` text."""
        first, last, inner = operand[0], operand[-1], operand[1:-1]
        if first == "~":
            return self._contains(operand[1:])
        if first == "(":
            raise ValueError("Harbor ignores lists in parentheses for users, and lists everybody")
        if first == "[":
            if last != "]" or operand.count("~") != 1:
                raise ValueError("a range is [low~high]")
            return self._between(*(self._read_item(side) if side.strip(_SPACE) else None for side in inner.split("~")))
        if first == "{":
            if last != "}":
                raise ValueError("a list is {one two}")
            return self._one_of(self._read_item(item) for item in inner.split(" ") if item.strip(_SPACE).strip("\"'"))
        text = operand[1:] if first == "\\" else operand
        return Condition(self.name, "equals", (self._read(text),), operand)

    def _merged(self, one: Condition, other: Condition) -> Condition:
        """One condition that is equivalent to two different ones; ``ValueError`` if there is none."""
        if one.kind == other.kind == "between":
            lows, highs = ({*limits} - {None} for limits in zip(one.values, other.values, strict=True))
            if self._type is not str or (len(lows) < 2 and len(highs) < 2):  # the database's order of texts is its own
                return self._between(max(lows, default=None), min(highs, default=None))
        raise ValueError(f"Harbor heeds only the last of several conditions on {self.name}: {one} and {other}")


class _RangeField(_Field[_Value]):
    def between(self, low: _Value | None, high: _Value | None) -> Query:
        """Users whose field is in this range, both limits included; ``None`` means no limit.

        Text is compared in the order of Harbor's database.
        """
        return Query(self._between(low, high))

    def __ge__(self, low: _Value) -> Query:
        return self.between(low, None)

    def __le__(self, high: _Value) -> Query:
        return self.between(None, high)


class _ListField(_RangeField[_Value]):
    def one_of(self, *values: _Value | Iterable[_Value]) -> Query:
        """Users whose field is exactly one of these values, passed one by one or as a collection."""
        if len(values) == 1 and isinstance(values[0], Iterable) and not isinstance(values[0], (str, bytes)):
            return Query(self._one_of(values[0]))
        return Query(self._one_of(values))


class _TextField(_Field[str]):
    _type = str

    def _check(self, value: Any) -> Any:
        text: str = super()._check(value)
        for characters, why in _IMPOSSIBLE.items():
            if re.search(characters, text):
                raise ValueError(f"{why}: {self.name} cannot be compared with a text that holds one")
        return text


class TextField(_TextField, _ListField[str]):
    """A text field; case-sensitive except in :meth:`contains`.

    Harbor cannot escape the following, so they raise a ``ValueError``: a comma anywhere; ``~``, or a quotation mark at
    either end, in the limits of a range; a space, or a quotation mark at either end, in a list; ``%`` in
    :meth:`contains` (Harbor escapes it twice and looks for a backslash); NUL, which its database refuses.
    """

    def contains(self, value: str) -> Query:
        """Users whose field contains this text, in upper or lower case."""
        return Query(self._contains(value))

    def _contains(self, value: object) -> Condition:
        text = self._check(value)
        if not text:
            raise ValueError(f"{self.name} contains '' selects everybody, and Harbor refuses it")
        if "%" in text:
            raise ValueError(f"Harbor escapes % twice in a search for a part of {self.name}, and finds something else")
        return Condition(self.name, "contains", (text,), f"~{text}")

    def _read_item(self, text: str) -> Any:
        trimmed = text.strip(_SPACE)
        if _NOT_A_TEXT.fullmatch(trimmed):
            raise ValueError(f"{trimmed} is a number or a time to Harbor, and a text only in quotation marks")
        return super()._read_item(text)

    def _write(self, value: Any) -> str:
        text: str = value
        if not text or text[0] in "\"'" or text[-1] in "\"'":
            raise ValueError(f"Harbor trims quotation marks in ranges and lists, and skips what is empty: {text!r}")
        # Without quotes, what looks like a number or a time is read as one, and outer white space is lost.
        return f"'{text}'" if text[0] in "+-0123456789" or text != text.strip() else text


class IdField(_ListField[int]):
    """The ID of a user, an integer. Harbor's list never contains ID 1, the built-in administrator."""

    _type = int

    def _check(self, value: Any) -> int:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{self.name} is compared with an int, not {type(value).__name__}")
        number = index(value)
        if not 0 <= number <= LARGEST_ID:
            raise ValueError(f"{self.name} must be in 0 to {LARGEST_ID}, not {number}")
        return number

    def _read(self, text: str) -> int:
        if not (text.isascii() and text.lstrip("+").isdigit()) or len(text) > 20:
            raise ValueError(f"{self.name} is compared with a whole number, not {text!r}")
        return self._check(int(text))

    def _read_item(self, text: str) -> int:
        return self._read(text.strip(_SPACE))  # in quotation marks it is a text to Harbor


class TimeField(_RangeField[datetime]):
    """A point in time. A :class:`~datetime.datetime` without a zone is UTC, as Harbor's times are.

    ``==`` raises a ``TypeError``: Harbor stores microseconds but shows milliseconds, so it would find nobody.
    """

    _type = datetime
    __eq__: Refusal = refuse("Harbor keeps {0.name} to the microsecond but shows it to the millisecond: use between")

    def _check(self, value: Any) -> datetime:
        time: datetime = super()._check(value)
        return time.replace(tzinfo=timezone.utc) if time.tzinfo is None else time.astimezone(timezone.utc)

    def _read(self, text: str) -> datetime:
        try:
            if text[11:13] == "24":  # which only Python 3.14 and later read
                raise ValueError
            start, point, fraction = text.partition(".")  # Python 3.10 reads only three or six digits
            padded = f"{start}.{fraction:0<6}" if point and len(fraction) < 6 else text
            return self._check(datetime.fromisoformat(padded))
        except ValueError:
            raise ValueError(f"{self.name} is compared with 2006-01-02T15:04:05, not {text!r}") from None

    def _write(self, value: Any) -> str:
        text: str = value.replace(tzinfo=None).isoformat()
        # Harbor drops the fraction of what it takes for a time itself; the database reads a quoted one whole.
        return f"'{text}'" if value.microsecond else text


class FlagField(_Field[bool]):
    """A field that is true or false."""

    _type = bool

    def _read(self, text: str) -> bool:
        if text not in ("true", "false"):
            raise ValueError(f"{self.name} is compared with true or false, not {text!r}")
        return text == "true"


class LoginField(_TextField):
    """The username or the email address, either of which logs in. Harbor compares it with ``==`` and nothing else."""

    asc: Refusal = refuse("Harbor does not sort by {0.name}")
    desc: Refusal = asc

    def _parse(self, operand: str) -> Condition:
        if operand[0] in "~[{(":
            raise ValueError("Harbor ignores all but an exact value here, and lists everybody")
        return super()._parse(operand)


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
            known = ", ".join(FIELDS)
            raise AttributeError(f"Harbor does not filter users by {name!r}; it does by {known}", name=name)

    def __repr__(self) -> str:
        return "Q"


#: The fields that Harbor filters and sorts users by: ``Q.username``, ``Q.user_id``, and so on.
Q = _Fields()
