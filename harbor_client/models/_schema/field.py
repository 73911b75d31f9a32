"""How a model declares its fields: once, with everything that is known about them."""

from __future__ import annotations

from typing import Any

from harbor_client._privacy.names import mark_secret


class Field:
    """What is known about one field of a model.

    Attributes:
        doc: what the field means, in Markdown.
        secret: whether its value is masked wherever the model is shown.
        max_length: the most characters that the API takes, ``None`` without a limit.
        key: its name in JSON.
        name: its name in Python.
        annotation: its type as it stands in the model's source, such as ``"str | None"``.
    """

    __slots__ = ("annotation", "doc", "key", "max_length", "name", "secret")

    def __init__(self, doc: str, secret: bool, max_length: int | None, key: str | None) -> None:
        self.doc = doc
        self.secret = secret
        self.max_length = max_length
        self.key = key or ""
        self.name = ""
        self.annotation = ""

    def bind(self, name: str, annotation: str) -> None:
        """Take in what the class body says about the field: its name and its type."""
        self.name = name
        self.key = self.key or name
        self.annotation = annotation
        if self.secret:
            mark_secret(self.name, self.key)

    @property
    def swagger_type(self) -> str:
        """The field's type as ``swagger_types`` spells it, such as ``"list[Error]"`` or ``"dict(str, int)"``."""
        return spell(self.annotation)


class Limited(property):
    """The attribute of a field with a limit: a property over the field's slot that checks what is set."""


def field(*, doc: str, secret: bool = False, max_length: int | None = None, key: str | None = None) -> Any:
    """Declare a field of a model, in the class body: ``name: str | None = field(doc="…")``.

    Args:
        doc: what the field means, in Markdown.
        secret: mask its value wherever the model is shown; anything else of that name is masked from then on, too.
        max_length: refuse longer values (in characters) when they are set, as long as ``client_side_validation`` is on.
        key: the name in JSON, where it is not the attribute's.
    """
    return Field(doc, secret, max_length, key)


def spell(annotation: str) -> str:
    """Turn an annotation into the words of ``swagger_types``: ``"dict[str, int] | None"`` → ``"dict(str, int)"``."""
    text = annotation.replace(" ", "").removesuffix("|None")
    if text.startswith("list["):
        return f"list[{spell(text[5:-1])}]"
    if text.startswith("dict[str,"):
        return f"dict(str, {spell(text[9:-1])})"
    return "object" if text == "Any" else text
