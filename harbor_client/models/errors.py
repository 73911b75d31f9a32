"""The body of an error answer."""

from __future__ import annotations

import json
from typing import Any

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.error import Error


@model
class Errors(Model):
    """All errors of an error answer."""

    errors: list[Error] | None = field(doc="the errors, nearly always one")


def lenient_errors(body: Any) -> list[Error]:
    """Harbor's errors in a body as it came; an empty list for any other body."""
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
