"""The body of an error response."""

import json
from typing import Any

from harbor_client.models._schema.model import Model, field
from harbor_client.models.error import Error


class Errors(Model):
    """The body of an error response: all of its errors."""

    errors: list[Error] | None = field()
    """The errors, nearly always one."""


def lenient_errors(body: Any) -> list[Error]:
    """The errors in the body of a response, or an empty list if the body is not one of Harbor's."""
    try:
        entries = json.loads(body)["errors"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    if not isinstance(entries, list):
        return []
    return [Error(_text(entry, "code"), _text(entry, "message")) for entry in entries if isinstance(entry, dict)]


def _text(entry: dict[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return value if isinstance(value, str) else None
