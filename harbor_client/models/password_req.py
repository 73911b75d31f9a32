"""The body of ``update_user_password``."""

from harbor_client.models._schema.model import Model, field


class PasswordReq(Model):
    """A change of password."""

    old_password: str | None = field(secret=True)
    """The current password. Required to change one's own password, even for administrators."""
    new_password: str | None = field(secret=True)
    """The new password: 8 to 128 bytes, with an uppercase letter, a lowercase letter and a digit."""
