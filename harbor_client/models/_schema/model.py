"""The base of all models, and the decorator that makes them.

A model declares each field once (see :func:`field`). Its constructor, ``swagger_types``, ``attribute_map``, decoding,
encoding, checks and masking follow from that; the rarely used ones are loaded at their first use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import index
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex, TypeVar, cast

from harbor_client._privacy.guard import guarded
from harbor_client.models._schema.encode import encode
from harbor_client.models._schema.field import Docs, Field, Limited, field

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    from harbor_client.configuration import Configuration

    def _keyword(*, kw_only: bool = True, default: Configuration | None = None) -> Any: ...

else:
    _keyword = None

    def dataclass_transform(**_options: object) -> Callable[[_M], _M]:
        """Stand in for the decorator of Python 3.11's typing, which only type checkers read."""
        return lambda decorator: decorator


__all__ = ["Model", "field", "model"]

_M = TypeVar("_M", bound="type[Model]")
_Made = TypeVar("_Made", bound="Model")


@dataclass_transform(field_specifiers=(_keyword,))
def model(cls: _M) -> _M:
    """Make a model of a class whose body declares fields.

    The class is built again with a slot for each field, as ``dataclass(slots=True)`` does: slots are the smallest and
    fastest attributes there are, and ``dir()`` and ``help()`` show them.
    """
    own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
    if own:
        namespace = {name: value for name, value in vars(cls).items() if name not in own}
        fields = namespace["_fields"] = {**cls._fields, **own}
        namespace["__slots__"] = Docs(cls, own)
        namespace["swagger_types"] = {name: declared.swagger_type for name, declared in fields.items()}
        namespace["attribute_map"] = {name: declared.key for name, declared in fields.items()}
        cls = cast("_M", type(cls.__name__, cls.__bases__, namespace))
    for name, declared in own.items():
        member = vars(cls)[name]
        setattr(cls, f"_{name}", member)  # bypasses the limit, and whatever a script's subclass has in its place
        if declared.max_length is not None:
            setattr(cls, name, Limited(declared.max_length, member))
    cls._declared_by = cls
    type.__setattr__(cls, "__init__", _Constructor())
    return cls


class _Constructor:
    """A model's ``__init__`` until it is first looked at, which replaces it with the generated function."""

    def __get__(self, instance: Model | type[Model] | None, owner: type[Model]) -> Callable[..., None]:
        from harbor_client.models._schema.generate import constructor

        # inspect.signature of Python 3.15 binds it to the class.
        declared_by = instance._declared_by if isinstance(instance, type) else owner._declared_by
        function = constructor(declared_by)
        if vars(declared_by).get("__init__") is self:
            type.__setattr__(declared_by, "__init__", function)
        bound: Callable[..., None] = function.__get__(instance, owner)
        return bound


class _OwnConfiguration:
    """A model's ``_configuration``: the one that it was made with, or else the default one as of its first use."""

    def __get__(self, instance: Model | None, owner: type[Model] | None = None) -> Any:
        if instance is None:
            return None
        from harbor_client.configuration import Configuration

        made = vars(instance)["_configuration"] = Configuration()
        return made


@model
class Model:
    """The base of all models.

    Values are stored as they are given; only declared limits are checked. Attributes that a script sets beyond the
    fields stay on the instance, and are neither sent nor shown.

    ``dict(user)`` gives the fields and their values, ``user.to_dict()`` converts the models among the values as well,
    and ``user.to_json()`` gives what ``json.dumps`` can write.
    """

    #: The type of each field, by attribute name.
    swagger_types: ClassVar[dict[str, str]] = {}
    #: The JSON key of each field, by attribute name.
    attribute_map: ClassVar[dict[str, str]] = {}
    discriminator: ClassVar[str | None] = None

    if TYPE_CHECKING:
        _configuration: Configuration | None = _keyword(kw_only=True, default=None)
    else:
        _configuration = _OwnConfiguration()

    _fields: ClassVar[dict[str, Field]] = {}
    _declared_by: ClassVar[type[Model]]

    @classmethod
    @guarded
    def from_json(cls: type[_Made], value: object) -> _Made:
        """Make a model of parsed JSON. Missing fields and nulls become ``None``; unknown fields are ignored.

        Raises:
            DecodeError: the value is not an object, or a field has the wrong type. The error says where and what, but
                never quotes the value.
        """
        from harbor_client.models._schema.decode import decoder

        made: _Made = decoder(cls)(value)
        return made

    @guarded
    def to_json(self) -> dict[str, Any]:
        """What is sent to Harbor: JSON keys with values that ``json.dumps`` can write, without the fields that are
        ``None``. Dates become ISO 8601 text. Secrets are not masked.

        Raises:
            TypeError: a value cannot be written as JSON.
            ValueError: a number is infinite or not a number, bytes are not UTF-8, or the model contains itself.
        """
        encoded: dict[str, Any] = encode(self)
        return encoded

    @guarded
    def to_dict(self) -> dict[str, Any]:
        """All fields by attribute name, with their values as they are; models in them become dictionaries as well."""
        return {name: _as_dict(getattr(self, name, None)) for name in self.swagger_types}

    @guarded
    def to_str(self) -> str:
        """The fields as ``pprint`` writes them, with secrets masked."""
        from pprint import pformat

        from harbor_client.models._schema.mask import mask

        return pformat(mask(self))

    def __repr__(self) -> str:
        return self.to_str()

    @guarded
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self._declared_by):
            return False
        return self.to_dict() == other.to_dict()

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def keys(self) -> Iterable[str]:
        """The names of the fields. With them, ``dict(user)`` gives the fields and their values."""
        return self.swagger_types.keys()

    def __getitem__(self, name: str) -> Any:
        if name not in self.swagger_types:
            raise KeyError(name)
        return getattr(self, name, None)

    # Not a Mapping: error trackers and loggers would write its items, and with them secrets, instead of its repr.
    __iter__: ClassVar[None] = None

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return super().__reduce_ex__(max(2, index(protocol)))  # older protocols do not know slots


def _as_dict(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_dict(item) for item in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: _as_dict(item) for key, item in value.items()}
    return value
