"""One error of Harbor's."""

from __future__ import annotations

from harbor_client.models._schema.model import Model, field, model


@model
class Error(Model):
    """One error of an error answer."""

    code: str | None = field(doc="such as `NOT_FOUND`")
    message: str | None = field(doc="such as `user 3 not found`")
