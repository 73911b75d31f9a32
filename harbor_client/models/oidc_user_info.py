"""The OIDC side of a user."""

from __future__ import annotations

from datetime import datetime

from harbor_client.models._schema.model import Model, field, model


@model
class OIDCUserInfo(Model):
    """What Harbor keeps about a user of an OIDC provider."""

    id: int | None = field(doc="number of this record")
    user_id: int | None = field(doc="number of the user")
    subiss: str | None = field(doc="subject and issuer, joined")
    secret: str | None = field(secret=True, doc="the CLI secret, in clear")
    creation_time: datetime | None = field(doc="when the record was created, UTC")
    update_time: datetime | None = field(doc="when the record was last changed, UTC")
