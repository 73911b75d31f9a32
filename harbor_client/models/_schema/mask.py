"""Masks secrets wherever a model, or a dictionary in its place, is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from harbor_client._privacy.names import MASK, is_secret

_PRIMITIVE = (str, bytes, bytearray, int, float, type, type(None))


def secret_fields(holder: Any) -> frozenset[str]:
    """The attributes of a model, or of a class of models, whose name or JSON key is that of a secret."""
    keys = holder.attribute_map
    return frozenset(name for name in holder.swagger_types if is_secret(name) or is_secret(keys.get(name, name)))


def mask(value: Any) -> Any:
    """A copy of a value for showing: models become dictionaries, and every secret becomes ``***``."""
    if isinstance(value, _PRIMITIVE):
        return value
    if hasattr(value, "swagger_types") and hasattr(value, "attribute_map"):
        secret = secret_fields(value)
        return {name: _masked(item, name in secret or is_secret(name)) for name, item in _fields_of(value).items()}
    if isinstance(value, Mapping):
        return {key: _masked(item, is_secret(key)) for key, item in value.items()}
    if isinstance(value, tuple):
        fields = getattr(value, "_fields", None)
        if fields:  # a named tuple
            return {name: _masked(item, is_secret(name)) for name, item in zip(fields, value, strict=False)}
        if len(value) == 2 and is_secret(value[0]):
            return value[0], _masked(value[1], secret=True)
        return tuple(mask(item) for item in value)
    if isinstance(value, Collection):
        return [mask(item) for item in value]
    names = {**getattr(value, "__dataclass_fields__", {}), **getattr(value, "__dict__", {})}
    if any(map(is_secret, names)):  # its own repr might show them
        return {name: _masked(getattr(value, name, None), is_secret(name)) for name in names}
    return value


def _fields_of(holder: Any) -> dict[str, Any]:
    """A model's fields, with the models in them left as they are so that each is masked by its own rules."""
    shown = getattr(holder, "_shown", None) or getattr(holder, "to_dict", None)
    if shown is None:
        return {name: getattr(holder, name, None) for name in holder.swagger_types}
    fields: dict[str, Any] = shown()
    return fields


def _masked(item: Any, secret: bool) -> Any:
    if not secret:
        return mask(item)
    return None if item is None else MASK
