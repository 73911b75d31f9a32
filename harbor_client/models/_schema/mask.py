"""Masks secrets wherever a model, or a dictionary in its place, is shown."""

from collections.abc import Collection, Mapping
from typing import Any

from harbor_client._privacy.names import MASK, is_secret

_PRIMITIVE = (str, bytes, bytearray, int, float, type, type(None))


def mask(value: Any, secret: bool = False) -> Any:
    """A copy of a value for showing: models become dictionaries, and every secret becomes ``***``."""
    if secret and value is not None:
        return MASK
    if isinstance(value, _PRIMITIVE):
        return value
    if hasattr(value, "swagger_types") and hasattr(value, "attribute_map"):
        # A script's own `to_dict` may show more; of the fields, the models in them are masked by their own rules.
        shown = value.to_dict() if hasattr(value, "to_dict") else {}
        shown = {**shown, **{name: getattr(value, name, shown.get(name)) for name in value.swagger_types}}
        keys = value.attribute_map
        return {name: mask(item, is_secret(name) or is_secret(keys.get(name))) for name, item in shown.items()}
    if isinstance(value, Mapping):
        return {key: mask(item, is_secret(key)) for key, item in value.items()}
    if isinstance(value, Collection):
        masked = [mask(item) for item in value]
        return tuple(masked) if isinstance(value, tuple) else masked
    return value
