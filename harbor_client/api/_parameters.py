"""The types of the operations' parameters. Each says what is accepted, and how it is checked before it is sent."""

import re
from collections.abc import Callable, Mapping
from operator import index
from typing import Annotated, Any, ClassVar, Protocol, SupportsIndex, TypeAlias, TypeVar

from harbor_client.configuration import checks as check

T = TypeVar("T")
#: Called with a parameter's name and value, and whether limits count; returns what is sent.
Check: TypeAlias = Callable[[str, Any, bool], Any]

_INTEGER = re.compile(r"-?[0-9]{1,19}")


class Expression(Protocol):
    """A ``Query`` or a ``Sort`` of ``harbor_client.query``: ``str()`` of it is the argument of that name."""

    argument: ClassVar[str]


def integer(name: str, value: Any, validated: bool) -> int:
    """An integer of 64 bits, or its text."""
    if isinstance(value, (str, bytes)):
        value = check.text(value)
        if _INTEGER.fullmatch(value) is None:
            raise ValueError("has to be an integer")
        value = int(value)
    elif isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"has to be an integer, not {type(value).__name__}")
    number = index(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError("has to be an integer of 64 bits")
    return number


def text(name: str, value: Any, validated: bool) -> str:
    """Text, or UTF-8 bytes."""
    return check.text(value)


def expression(name: str, value: Any, validated: bool) -> str:
    """Text, or the kind of :class:`Expression` that is for this parameter."""
    if getattr(type(value), "argument", None) == name:
        return str(value)
    return text(name, value, validated)


def truth(name: str, value: Any, validated: bool) -> int | str:
    """True or False, or its text."""
    sent: int | str = check.expect(value, (bool, int, str), "True or False")  # old scripts send 1 and 0 as well
    return sent


def body(name: str, value: Any, validated: bool) -> Any:
    """A model, of this package or of another generated one, or a mapping, which is sent as a dictionary."""
    if isinstance(value, dict) or hasattr(value, "swagger_types"):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"has to be a model or a dictionary, not {type(value).__name__}")


def body_with_role(name: str, value: Any, validated: bool) -> Any:
    """A body whose ``role_id`` exists. Harbor stores any number, and members with another one vanish from lists."""
    value = body(name, value, validated)
    role = value.get("role_id") if isinstance(value, dict) else getattr(value, "role_id", None)
    if validated and (role is None or (isinstance(role, int) and not 1 <= role <= 5)):
        raise ValueError(f"`role_id` must be 1 to 5, not {role}")
    return value


def name_or_integer(name: str, value: Any, validated: bool) -> str:
    """A name, or an integer as text."""
    return nonempty(name, value, True) if isinstance(value, (str, bytes)) else str(integer(name, value, validated))


def _limited(check: Check, exceeds: Callable[[Any], bool], reason: str) -> Check:
    """A check that also refuses what exceeds a limit, unless arguments are not to be validated."""

    def limited(name: str, value: Any, validated: bool) -> Any:
        checked = check(name, value, validated)
        if validated and exceeds(checked):
            raise ValueError(reason)
        return checked

    return limited


nonempty = _limited(text, lambda given: not given, "length must be greater than or equal to `1`")
#: Harbor responds to more with 422.
page_size = _limited(integer, lambda number: number > 100, "must be a value less than or equal to `100`")
#: To a negative one, Harbor responds with some member.
member_id = _limited(integer, lambda number: number < 0, "must not be negative")
name_or_id = _limited(
    name_or_integer, lambda given: given.startswith("-"), "must be a name, or an ID that is not negative"
)


Id: TypeAlias = Annotated[SupportsIndex | str, integer]
MemberId: TypeAlias = Annotated[SupportsIndex | str, member_id]
NameOrId: TypeAlias = Annotated[SupportsIndex | str, name_or_id]
Number: TypeAlias = Annotated[SupportsIndex | str | None, integer]
PageSize: TypeAlias = Annotated[SupportsIndex | str | None, page_size]
Query: TypeAlias = Annotated[Expression | str | None, expression]
Text: TypeAlias = Annotated[str, text]
Flag: TypeAlias = Annotated[bool | None, truth]
Body: TypeAlias = Annotated[T | Mapping[str, Any], body]
RoleBody: TypeAlias = Annotated[T | Mapping[str, Any], body_with_role]
