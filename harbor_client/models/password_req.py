"""The body of ``update_user_password``."""

from __future__ import annotations

from harbor_client.models._schema.model import Model, field, model


@model
class PasswordReq(Model):
    """A change of password."""

    old_password: str | None = field(
        secret=True, doc="the present password; needed to change one's own, also by administrators"
    )
    new_password: str | None = field(
        secret=True, doc="8 to 128 bytes with an upper-case letter, a lower-case letter and a digit"
    )
