"""The body of an error answer."""

from __future__ import annotations

from harbor_client.models._model import Model, field, model
from harbor_client.models.error import Error


@model
class Errors(Model):
    """All errors of an error answer."""

    errors: list[Error] | None = field(doc="the errors, nearly always one")
