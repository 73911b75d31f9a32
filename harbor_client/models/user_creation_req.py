"""The body of ``create_user``."""

from harbor_client.models._schema.model import Model, field


class UserCreationReq(Model):
    """A user to create."""

    email: str | None = field(max_length=255)
    """The email address; unique and case-sensitive."""
    realname: str | None = field()
    """The full name: 1 to 255 bytes, without `,` `"` `~` `#` `%` `$`."""
    comment: str | None = field()
    """Free text, at most 30 bytes."""
    password: str | None = field(secret=True)
    """The password: 8 to 128 bytes, with an uppercase letter, a lowercase letter and a digit."""
    username: str | None = field(max_length=255)
    """The login name; unique and case-sensitive, without `,` `"` `~` `#` `%` `$`."""
