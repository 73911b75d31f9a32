"""The body of an error response."""

from __future__ import annotations

import json
from typing import Any

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.error import Error


@model
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
    errors = []
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            code, message = entry.get("code"), entry.get("message")
            errors.append(
                Error(
                    code=code if isinstance(code, str) else None,
                    message=message if isinstance(message, str) else None,
                )
            )
    return errors
