"""The OIDC part of a user."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field


class OIDCUserInfo(Model):
    """What Harbor stores about a user who signs in through an OIDC provider."""

    id: int | None = field()
    """The ID of this record."""
    user_id: int | None = field()
    """The ID of the user."""
    subiss: str | None = field()
    """The subject and the issuer, concatenated."""
    secret: str | None = field(secret=True)
    """The CLI secret in plain text."""
    creation_time: datetime | None = field()
    """When the record was created, in UTC."""
    update_time: datetime | None = field()
    """When the record was last changed, in UTC."""
