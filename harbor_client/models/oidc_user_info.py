"""The OIDC part of a user."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field, model


@model
class OIDCUserInfo(Model):
    """What Harbor stores about a user who signs in through an OIDC provider.

    Attributes:
        id: the ID of this record.
        user_id: the ID of the user.
        subiss: the subject and the issuer, concatenated.
        secret: the CLI secret in plain text.
        creation_time: when the record was created, in UTC.
        update_time: when the record was last changed, in UTC.
    """

    id: int | None = field()
    user_id: int | None = field()
    subiss: str | None = field()
    secret: str | None = field(secret=True)
    creation_time: datetime | None = field()
    update_time: datetime | None = field()
