"""A hit of ``search_users``."""

from __future__ import annotations

from harbor_client.models._schema.model import Model, field, model


@model
class UserSearchRespItem(Model):
    """A user as ``search_users`` answers."""

    user_id: int | None = field(doc="number of the user")
    username: str | None = field(doc="login name")
