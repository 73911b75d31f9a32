"""The base of all models, and how a model declares its fields.

A model declares each field once (see :func:`field`). Its constructor, ``swagger_types``, ``attribute_map``, decoding,
encoding, checks and masking follow from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast, get_args, get_origin

from harbor_client._privacy.guard import guarded
from harbor_client._privacy.names import mark_secret
from harbor_client.configuration import Configuration
from harbor_client.configuration.settings import dataclass_transform
from harbor_client.models._schema.decode import decoder
from harbor_client.models._schema.encode import encode
from harbor_client.models._schema.generate import constructor
from harbor_client.models._schema.mask import mask

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

_Made = TypeVar("_Made", bound="Model")


class Field(NamedTuple):
    """What is declared about a field, beside its name and type.

    Attributes:
        secret: whether its value is masked wherever the model is shown.
        max_length: how many characters the API accepts; ``None`` for no limit.
        key: its name in JSON; ``None`` if it is the attribute's.
    """

    secret: bool
    max_length: int | None
    key: str | None


def field(*, secret: bool = False, max_length: int | None = None, key: str | None = None) -> Any:
    """Declare a field of a model, in the class body: ``name: str | None = field()``, with a docstring below it.

    Args:
        secret: mask its value wherever the model is shown, and everywhere else the value of anything by that name.
        max_length: refuse to set longer values (in characters) while ``client_side_validation`` is on.
        key: the name in JSON, if it differs from the attribute's.
    """
    return copy(Field(secret, max_length, key))  # a detour, so that pylint does not take a field for its value


class _DefaultConfiguration:
    """A model's configuration where it was made without one: the default one, as of its first use."""

    # Not a cached property: on Python 3.11 and earlier, these hold a lock that an interruption can leave locked.
    def __get__(self, model: Any, owner: Any) -> Any:
        return self if model is None else model.__dict__.setdefault("_configuration", Configuration())


def _attribute(name: str, max_length: int | None) -> property:
    """A property that holds a field's value, whatever a script's subclass has in its place; it checks the length."""

    def set_value(self: Any, value: Any) -> None:
        fits = max_length is None or value is None or (hasattr(value, "__len__") and len(value) <= max_length)
        if not fits and self._configuration.client_side_validation:
            if not hasattr(value, "__len__"):
                raise TypeError(f"Invalid type for `{name}`, {type(value).__name__} has no length")
            raise ValueError(f"Invalid value for `{name}`, length must be less than or equal to `{max_length}`")
        vars(self)[name] = value

    return property(lambda self: vars(self).get(name), guarded(set_value))


def _swagger_type(annotation: Any) -> str:
    """A type in the notation of ``swagger_types``: ``dict[str, int] | None`` → ``"dict(str, int)"``."""
    arguments, origin = get_args(annotation), get_origin(annotation)
    if origin is list:
        return f"list[{_swagger_type(arguments[0])}]"
    if origin is dict:
        return f"dict(str, {_swagger_type(arguments[1])})"
    if arguments:  # with None
        return _swagger_type(arguments[0])
    return "object" if annotation is Any else str(annotation.__name__)


class _Constructor:
    """A model's ``__init__`` until it is first looked at, which replaces it with the generated function."""

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __get__(self, instance: object, owner: type) -> Callable[..., None]:
        if vars(self._cls)["__init__"] is self:
            type.__setattr__(self._cls, "__init__", constructor(self._cls))
        function: Callable[..., None] = vars(self._cls)["__init__"].__get__(instance, owner)
        return function


@dataclass_transform()
class _Schema:
    """Turns classes whose bodies declare fields into models."""

    #: The type of each field, by attribute name.
    swagger_types: ClassVar[dict[str, str]] = {}
    #: The JSON key of each field, by attribute name.
    attribute_map: ClassVar[dict[str, str]] = {}
    #: The class that declares the fields: the model itself, or the one that a script's subclass is derived from.
    _declared_by: ClassVar[type[Model]]

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        if not own and (cls.swagger_types or "__init__" in vars(cls)):
            return
        cls.swagger_types = {**cls.swagger_types, **{name: _swagger_type(cls.__annotations__[name]) for name in own}}
        cls.attribute_map = {**cls.attribute_map, **{name: own[name].key or name for name in own}}
        for name, declared in own.items():
            setattr(cls, name, _attribute(name, declared.max_length) if declared.max_length else None)
            setattr(cls, f"_{name}", _attribute(name, None))
            if declared.secret:
                mark_secret(name, cls.attribute_map[name])
        cls._declared_by = cast("type[Model]", cls)
        type.__setattr__(cls, "__init__", _Constructor(cls))


class Model(_Schema):
    """The base of all models.

    Values are stored as they are given; only declared limits are checked. Attributes that a script sets beyond the
    fields stay on the instance, and are neither sent nor shown.

    ``dict(user)`` gives the fields and their values, ``user.to_dict()`` converts the models among the values as well,
    and ``user.to_json()`` gives what ``json.dumps`` can write.
    """

    discriminator: ClassVar[str | None] = None

    if TYPE_CHECKING:
        _: KW_ONLY
        _configuration: Configuration | None = None
    else:
        _configuration = _DefaultConfiguration()

    @classmethod
    @guarded
    def from_json(cls: type[_Made], value: object) -> _Made:
        """Make a model of parsed JSON. Missing fields and nulls become ``None``; unknown fields are ignored.

        Raises:
            DecodeError: the value is not an object, or a field has the wrong type. The error says where and what, but
                never quotes the value.
        """
        return cast("_Made", decoder(cls)(value))

    @guarded
    def to_json(self) -> dict[str, Any]:
        """What is sent to Harbor: JSON keys with values that ``json.dumps`` can write, without the fields that are
        ``None``. Dates become ISO 8601 text. Secrets are not masked.

        Raises:
            TypeError: a value cannot be written as JSON.
            ValueError: a number is infinite or not a number, bytes are not UTF-8, or the model contains itself.
        """
        return cast("dict[str, Any]", encode(self))

    @guarded
    def to_dict(self) -> dict[str, Any]:
        """All fields by attribute name, with their values as they are; models in them become dictionaries as well."""
        return {name: _as_dict(getattr(self, name, None)) for name in self.swagger_types}

    @guarded
    def to_str(self) -> str:
        """The fields as ``pprint`` writes them, with secrets masked."""
        from pprint import pformat

        return pformat(mask(self))

    def __repr__(self) -> str:
        return self.to_str()

    @guarded
    def __eq__(self, other: object) -> bool:
        return isinstance(other, self._declared_by) and self.to_dict() == other.to_dict()

    def keys(self) -> Iterable[str]:
        """The names of the fields. With them, ``dict(user)`` gives the fields and their values."""
        return self.swagger_types.keys()

    def __getitem__(self, name: str) -> Any:
        if name not in self.swagger_types:
            raise KeyError(name)
        return getattr(self, name, None)

    # Not a Mapping: error trackers and loggers would write its items, and with them secrets, instead of its repr.
    __iter__: ClassVar[None] = None


def _as_dict(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_dict(item) for item in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: _as_dict(item) for key, item in value.items()}
    return value
