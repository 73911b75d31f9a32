"""The grammar of each field in ``q``: checks a value and writes the condition, or says why it cannot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from operator import index
from typing import Any

from harbor_client.query.conditions import Condition

#: Harbor keeps ids in a 32-bit column and responds with 500 to a larger number.
LARGEST_ID = 2**31 - 1


class Grammar:
    """What ``q`` can say about one field."""

    def __init__(self, name: str) -> None:
        self.name = name

    def check(self, value: Any) -> Any:
        """The value in the form that is compared; ``TypeError`` or ``ValueError`` when it cannot be."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """One value of a ``q`` text."""
        return self.check(text)

    def write(self, value: Any) -> str:
        """A checked value as it stands in a range or list."""
        return str(value)

    def equals(self, value: object) -> Condition:
        checked = self.check(value)
        text = str(checked).lower() if isinstance(checked, bool) else str(checked)
        # Harbor rejects an empty value and gives these first characters a special meaning. A backslash in front,
        # which Harbor removes again, avoids both.
        return Condition(self.name, "equals", (checked,), f"\\{text}" if not text or text[0] in "\\~[{(" else text)

    def contains(self, value: object) -> Condition:
        raise ValueError(f"only text fields can be searched for a part, and {self.name} is none")

    def between(self, low: object, high: object) -> Condition:
        if low is None and high is None:
            raise ValueError(f"a range of {self.name} needs at least one limit")
        limits = tuple(None if limit is None else self.check(limit) for limit in (low, high))
        texts = ["" if limit is None else self.write(limit) for limit in limits]
        if any("~" in text for text in texts):
            raise ValueError(f"Harbor splits ranges at ~, so a limit of {self.name} cannot hold one")
        return Condition(self.name, "between", limits, f"[{texts[0]}~{texts[1]}]")

    def one_of(self, values: tuple[object, ...]) -> Condition:
        if len(values) == 1 and isinstance(values[0], Iterable) and not isinstance(values[0], (str, bytes)):
            values = tuple(values[0])
        if not values:
            raise ValueError(f"a list of {self.name} needs at least one value")
        checked = tuple(dict.fromkeys(map(self.check, values)))
        texts = list(map(self.write, checked))
        for text in texts:
            if " " in text:
                raise ValueError(f"Harbor splits lists at spaces, so {self.name} {text!r} cannot be in one")
        return Condition(self.name, "one of", checked, f"{{{' '.join(texts)}}}")


class TextGrammar(Grammar):
    """Text."""

    def check(self, value: Any) -> str:
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

    def contains(self, value: object) -> Condition:
        text = self.check(value)
        if not text:
            raise ValueError(f"{self.name} contains '' selects everybody, and Harbor refuses it")
        if "%" in text:
            raise ValueError(f"Harbor escapes % twice in a search for a part of {self.name}, and finds something else")
        return Condition(self.name, "contains", (text,), f"~{text}")

    def write(self, value: Any) -> str:
        text: str = value
        if not text or text[0] in "\"'" or text[-1] in "\"'":
            raise ValueError(f"Harbor trims quotation marks in ranges and lists, and skips what is empty: {text!r}")
        # Without quotes, what looks like a number or a time is read as one, and outer white space is lost.
        return f"'{text}'" if text[0] in "+-0123456789" or text != text.strip() else text


class IdGrammar(Grammar):
    """A whole number."""

    def check(self, value: Any) -> int:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{self.name} is compared with an int, not {type(value).__name__}")
        number = index(value)
        if not 0 <= number <= LARGEST_ID:
            raise ValueError(f"{self.name} must be in 0 to {LARGEST_ID}, not {number}")
        return number

    def read(self, text: str) -> int:
        if not (text.isascii() and text.lstrip("+").isdigit()) or len(text) > 20:
            raise ValueError(f"{self.name} is compared with a whole number, not {text!r}")
        return self.check(int(text))


class TimeGrammar(Grammar):
    """A point in time."""

    def check(self, value: Any) -> datetime:
        if not isinstance(value, datetime):
            raise TypeError(f"{self.name} is compared with a datetime, not {type(value).__name__}")
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)

    def read(self, text: str) -> datetime:
        try:
            if text[11:13] == "24":  # which only Python 3.14 and later read
                raise ValueError("hour must be in 0..23")
            start, point, fraction = text.partition(".")  # Python 3.10 reads only three or six digits
            return self.check(
                datetime.fromisoformat(f"{start}.{fraction:0<6}" if point and len(fraction) < 6 else text)
            )
        except ValueError:
            raise ValueError(f"{self.name} is compared with 2006-01-02T15:04:05, not {text!r}") from None

    def write(self, value: Any) -> str:
        text: str = value.replace(tzinfo=None).isoformat()
        # Harbor drops the fraction of what it takes for a time itself; the database reads a quoted one whole.
        return f"'{text}'" if value.microsecond else text


class FlagGrammar(Grammar):
    """True or false."""

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise TypeError(f"{self.name} is compared with a bool, not {type(value).__name__}")
        return value

    def read(self, text: str) -> bool:
        if text not in ("true", "false"):
            raise ValueError(f"{self.name} is compared with true or false, not {text!r}")
        return text == "true"


class LoginGrammar(TextGrammar):
    """The user name or the e-mail address; compared with ``==`` only."""


#: All fields that Harbor filters users by.
GRAMMARS: dict[str, Grammar] = {
    grammar.name: grammar
    for grammar in (
        IdGrammar("user_id"),
        *map(TextGrammar, ("username", "email", "realname", "comment", "password_version")),
        FlagGrammar("sysadmin_flag"),
        *map(TimeGrammar, ("creation_time", "update_time")),
        LoginGrammar("username_or_email"),
    )
}


def merged(one: Condition, other: Condition) -> Condition:
    """One condition that is equivalent to two on the same field; ``ValueError`` if there is none."""
    if one == other:
        return one
    grammar = GRAMMARS[one.field]
    if one.kind == other.kind == "between":
        pairs = zip(one.values, other.values, strict=True)
        lows, highs = ([limit for limit in pair if limit is not None] for pair in pairs)
        # Harbor's database has an order of its own for texts.
        if not isinstance(grammar, TextGrammar) or (len(lows) < 2 and len(highs) < 2):
            return grammar.between(max(lows, default=None), min(highs, default=None))
    elif isinstance(grammar, IdGrammar):
        if one.kind == "between":
            one, other = other, one
        values = tuple(value for value in one.values if other.accepts(value))
        if not values:
            raise ValueError(f"no {one.field} meets both {one.text} and {other.text}")
        return grammar.one_of(values)
    raise ValueError(f"Harbor heeds only the last of several conditions on {one.field}: {one.text} and {other.text}")
