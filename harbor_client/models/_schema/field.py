"""How a model declares its fields: once, with everything that is known about them."""

from functools import lru_cache
from types import MemberDescriptorType
from typing import Any

from harbor_client._privacy.names import mark_secret


class Field:
    """A declared field, until ``@model`` replaces it with a slot.

    Attributes:
        key: its name in JSON.
        annotation: its type as written in the model's source, such as ``"str | None"``.
        swagger_type: its type in the notation of ``swagger_types``, such as ``"list[Error]"`` or ``"dict(str, int)"``.
        secret: whether its value is masked wherever the model is shown.
        max_length: how many characters the API accepts; ``None`` for no limit.
    """

    annotation: str
    swagger_type: str

    def __init__(self, secret: bool, max_length: int | None, key: str | None) -> None:
        self.secret = secret
        self.max_length = max_length
        self.key = key or ""

    def __set_name__(self, owner: Any, name: str) -> None:
        self.key = self.key or name
        self.annotation = owner.__annotations__[name]
        self.swagger_type = swagger_type(self.annotation)
        if self.secret:
            mark_secret(name, self.key)

    def __get__(self, instance: object, owner: type) -> Any:
        raise TypeError(f"{owner.__name__} declares fields but lacks the decorator @model")


def field(*, secret: bool = False, max_length: int | None = None, key: str | None = None) -> Any:
    """Declare a field of a model, in the class body: ``name: str | None = field()``, with a docstring below it.

    Args:
        secret: mask its value wherever the model is shown, and everywhere else the value of anything by that name.
        max_length: refuse to set longer values (in characters) while ``client_side_validation`` is on.
        key: the name in JSON, if it differs from the attribute's.
    """
    return Field(secret, max_length, key)


def swagger_type(annotation: str) -> str:
    """An annotation in the notation of ``swagger_types``: ``"dict[str, int] | None"`` → ``"dict(str, int)"``."""
    text = annotation.replace(" ", "").removesuffix("|None")
    if text.startswith("list["):
        return f"list[{swagger_type(text[5:-1])}]"
    if text.startswith("dict[str,"):
        return f"dict(str, {swagger_type(text[9:-1])})"
    return "object" if text == "Any" else text


class Limited:  # the attribute of a field with a maximum length: a slot that refuses longer values
    def __init__(self, limit: int, member: MemberDescriptorType) -> None:
        self._limit = limit
        self._member = member

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return docstrings(self._member.__objclass__).get(self._member.__name__, "")

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else self._member.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        has_length = hasattr(value, "__len__")
        fits = value is None or (has_length and len(value) <= self._limit)
        if not fits and instance._configuration.client_side_validation:
            name, kind = self._member.__name__, type(value).__name__
            value = instance = None  # the other fields may hold a password
            if not has_length:
                raise TypeError(f"Invalid type for `{name}`, {kind} has no length")
            raise ValueError(f"Invalid value for `{name}`, length must be less than or equal to `{self._limit}`")
        self._member.__set__(instance, value)


class Docs(dict[str, str]):
    """The docstring of each field of a class. They are read from the source only when ``help()`` asks for them."""

    def __init__(self, cls: type, fields: dict[str, Field]) -> None:
        super().__init__(dict.fromkeys(fields, ""))
        self._cls = cls

    def __getitem__(self, name: str) -> str:
        return docstrings(self._cls).get(name, "")


@lru_cache(None)
def docstrings(cls: type) -> dict[str, str]:
    """The docstrings below the fields in a class's source, by field; empty if there is no source."""
    import inspect
    import re

    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):
        return {}
    found = re.findall(r'^ +(\w+): .+ = field\(.*\)\n +"""((?:.|\n)+?)"""', source, re.MULTILINE)
    return {name: inspect.cleandoc(text) for name, text in found}
