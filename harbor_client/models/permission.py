"""What a user may do."""

from __future__ import annotations

from harbor_client.models._schema.model import Model, field, model


@model
class Permission(Model):
    """Something that the caller may do, as ``get_current_user_permissions`` answers."""

    resource: str | None = field(doc="what it is done to, such as `/project/1/repository`")
    action: str | None = field(doc="what is done, such as `pull`")
