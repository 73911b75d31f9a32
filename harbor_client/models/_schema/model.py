"""What all models are made of.

A model declares each field once (see :func:`field`); its constructor, ``swagger_types``, ``attribute_map``, decoding,
encoding, checks and masking all follow from that. Each of these is a module of its own, loaded at first use.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from harbor_client._privacy.guard import guarded
from harbor_client.models._schema.encode import encode
from harbor_client.models._schema.field import Field, Limited, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self, dataclass_transform

    from harbor_client.configuration import Configuration
    from harbor_client.models._schema.decode import DecodeError, decoder
    from harbor_client.models._schema.mask import mask

__all__ = ["DecodeError", "Model", "decoder", "encode", "field", "mask", "model"]

_M = TypeVar("_M", bound="type[Model]")

if TYPE_CHECKING:

    def _keyword(*, kw_only: bool = True, default: Configuration | None = None) -> Any: ...

else:
    _keyword = None

    def dataclass_transform(**_options: object) -> Callable[[_M], _M]:
        """Stand in for the decorator of Python 3.11's typing, which speaks to type checkers alone."""
        return lambda decorator: decorator


@dataclass_transform(field_specifiers=(_keyword,))
def model(cls: _M) -> _M:
    """Make a model of a class whose body declares fields.

    The class is built anew with a slot for each field, as ``dataclass(slots=True)`` does: slots are the smallest
    and fastest attributes there are, and they show in ``dir()`` and ``help()`` of the class.
    """
    own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
    if own:
        for name, declared in own.items():
            declared.bind(name, cls.__annotations__[name])
        namespace = {name: value for name, value in vars(cls).items() if name not in own}
        namespace["__slots__"] = {name: declared.doc for name, declared in own.items()}
        namespace["swagger_types"] = {**cls.swagger_types, **{f.name: f.swagger_type for f in own.values()}}
        namespace["attribute_map"] = {**cls.attribute_map, **{f.name: f.key for f in own.values()}}
        namespace["_fields"] = {**cls._fields, **own}
        cls = cast("_M", type(cls.__name__, cls.__bases__, namespace))
        for declared in own.values():
            setattr(cls, f"_{declared.name}", cls._members[declared.name])  # where old scripts reach past the checks
            if declared.max_length is not None:
                setattr(cls, declared.name, _limited(declared, declared.max_length, cls._members[declared.name]))
    cls._family = cls
    return cls


def _limited(declared: Field, limit: int, member: MemberDescriptorType) -> Limited:
    """The attribute of a field that refuses values longer than its limit."""
    name = declared.name

    def set_checked(instance: Any, value: Any) -> None:
        try:
            fits = value is None or len(value) <= limit
        except TypeError:
            fits = False
        if not fits and instance._configuration.client_side_validation:
            kind = type(value)
            value = instance = None  # which holds the other fields, among them perhaps a password
            if not hasattr(kind, "__len__"):
                raise TypeError(f"Invalid type for `{name}`, {kind.__name__} has no length")
            raise ValueError(f"Invalid value for `{name}`, length must be less than or equal to `{limit}`")
        member.__set__(instance, value)

    return Limited(member.__get__, set_checked, doc=declared.doc)


class _Constructor:
    """Stands in for a model's ``__init__`` until it is first looked at, and is then replaced by the function."""

    def __init__(self, owner: type[Model]) -> None:
        self._owner = owner

    def __get__(self, instance: Model | None, owner: type[Model] | None = None) -> Callable[..., None]:
        from harbor_client.models._schema.generate import constructor

        function = constructor(self._owner)
        if vars(self._owner).get("__init__") is self:
            self._owner._generated_init = function
            self._owner.__init__ = function
        bound: Callable[..., None] = function.__get__(instance, owner)
        return bound


class _OwnConfiguration:
    """A model's ``_configuration``: the one that it was made with, or else, from its first use, the default one."""

    def __get__(self, instance: Model | None, owner: type[Model] | None = None) -> Any:
        if instance is None:
            return None
        from harbor_client.configuration import Configuration

        made = vars(instance)["_configuration"] = Configuration()
        return made


class _SecretFields:
    """A class's ``secret_fields``, worked out when asked for: no subclass can unmask what is marked."""

    def __get__(self, instance: Model | None, owner: type[Model]) -> frozenset[str]:
        from harbor_client.models._schema.mask import secret_fields

        return secret_fields(owner)


@model
class Model:
    """The base of all models.

    Values are taken as they are (duck typing); only declared limits are checked. What a script sets beyond the
    fields stays on the instance and is neither sent nor shown.
    """

    #: The type of each field, by attribute name.
    swagger_types: ClassVar[dict[str, str]] = {}
    #: The JSON key of each field, by attribute name.
    attribute_map: ClassVar[dict[str, str]] = {}
    discriminator: ClassVar[str | None] = None

    if TYPE_CHECKING:
        #: The attributes that are masked wherever the model is shown.
        secret_fields: ClassVar[frozenset[str]]
        _configuration: Configuration | None = _keyword(kw_only=True, default=None)
    else:
        secret_fields = _SecretFields()
        _configuration = _OwnConfiguration()

    _fields: ClassVar[dict[str, Field]] = {}
    _members: ClassVar[dict[str, MemberDescriptorType]] = {}
    _family: ClassVar[type[Model]]
    _generated_init: ClassVar[Callable[..., None]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        slots = {name: value for name, value in vars(cls).items() if isinstance(value, MemberDescriptorType)}
        cls._members = {**cls._members, **slots}
        if vars(cls).get("__init__") is None or isinstance(vars(cls)["__init__"], _Constructor):
            type.__setattr__(cls, "__init__", _Constructor(cls))

    @classmethod
    @guarded
    def from_json(cls, value: object) -> Self:
        """Make a model of parsed JSON. Missing fields and nulls are ``None``, unknown fields are ignored.

        Raises:
            DecodeError: the value is no object, or a field has a wrong type; tells where and what, never the value.
        """
        from harbor_client.models._schema.decode import decoder

        made: Self = decoder(cls)(value)
        return made

    @guarded
    def to_json(self) -> dict[str, Any]:
        """What is sent: JSON keys, real values ready for ``json.dumps``; fields that are ``None`` are left out.

        Raises:
            TypeError: a value cannot be written as JSON.
            ValueError: a number is infinite or none, bytes are no UTF-8, or the model holds itself.
        """
        encoded: dict[str, Any] = encode(self)
        return encoded

    def to_dict(self) -> dict[str, Any]:
        """All fields by attribute name, with their real values; models in them become dictionaries as well."""
        try:
            return {name: _as_dict(getattr(self, name, None)) for name in self.swagger_types}
        except BaseException as error:
            from harbor_client._privacy.guard import sweep

            del self
            sweep(error)
            raise

    @guarded
    def to_str(self) -> str:
        """The fields as ``pprint`` writes them, secrets masked."""
        from pprint import pformat

        from harbor_client.models._schema.mask import mask

        return pformat(mask(self))

    def __repr__(self) -> str:
        return self.to_str()

    @guarded
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self._family):
            return False
        return self.to_dict() == other.to_dict()

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        return dict(self._state())

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            member = self._members.get(name)
            if member is not None:
                member.__set__(self, value)
            else:
                vars(self)[name] = value

    def _state(self) -> Iterator[tuple[str, Any]]:
        """All that the instance holds: fields first, then what scripts and their subclasses have added."""
        for name, member in self._members.items():
            try:
                yield name, member.__get__(self)
            except AttributeError:  # never set
                pass
        yield from vars(self).items()


def _as_dict(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_dict(item) for item in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: _as_dict(item) for key, item in value.items()}
    return value


if not TYPE_CHECKING:  # a checker would take any name for granted

    def __getattr__(name: str) -> Any:
        """Reach what only some calls need where people look for it: at the base of the models."""
        if name in ("DecodeError", "decoder"):
            from harbor_client.models._schema import decode as _decode

            return getattr(_decode, name)
        if name == "mask":
            from harbor_client.models._schema import mask as _mask

            return getattr(_mask, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
