"""The body of ``update_user_profile``."""

from harbor_client.models._schema.model import Model, field


class UserProfile(Model):
    """A user's profile. An update replaces all of it: a comment that is left out is erased."""

    email: str | None = field()
    """The email address; required, unique, at most 255 characters."""
    realname: str | None = field()
    """The full name; required, 1 to 255 bytes."""
    comment: str | None = field()
    """Free text, at most 30 bytes; erased if left out."""
