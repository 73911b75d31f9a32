"""The body of ``create_user``."""

from __future__ import annotations

from harbor_client.models._schema.model import Model, field, model


@model
class UserCreationReq(Model):
    """A user to be created."""

    email: str | None = field(doc="mail address; unique, case-sensitive", max_length=255)
    realname: str | None = field(doc='full name, 1 to 255 bytes; none of `,` `"` `~` `#` `%` `$`')
    comment: str | None = field(doc="free text, at most 30 bytes")
    password: str | None = field(
        secret=True, doc="8 to 128 bytes with an upper-case letter, a lower-case letter and a digit"
    )
    username: str | None = field(
        doc='login name; unique, case-sensitive; none of `,` `"` `~` `#` `%` `$`', max_length=255
    )
